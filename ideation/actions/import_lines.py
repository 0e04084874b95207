"""Takes the lines of one kind of an import: looks up what they refer to, rejects what does not fit, adds the rest."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec

from ideation.database import Connection
from ideation.entities.challenges import Challenge
from ideation.entities.ideas import Wording
from ideation.entities.people import Actor, Role
from ideation.entities.transfer import (
    CommentLine,
    DecisionLine,
    IdeaLine,
    PersonLine,
    Rejection,
    ReviewLine,
    VoteLine,
)
from ideation.errors import Invalid
from ideation.ids import new_id
from ideation.queries import transfer as queries
from ideation.queries.transfer import CriterionKey, ExternalKind, PersonKey
from ideation.rules.ideas_writing import tidy
from ideation.rules.transfer import vote_value

LineType = TypeVar("LineType")


class Numbered(msgspec.Struct, Generic[LineType], frozen=True):
    """A line and where in the file it stood."""

    number: int
    line: LineType


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """What every kind of line is taken with."""

    connection: Connection
    challenge: Challenge
    actor: Actor
    now: datetime
    rejections: list[Rejection]

    def reject(self, number: int, why: Invalid) -> None:
        """Leave one line out; nothing else is lost by it."""
        reason, details = _storable(why.detail), _storable(why.extra)
        self.rejections.append(Rejection(line_number=number, reason=reason, code=why.reason, details=details))


def _storable(value: Any) -> Any:
    """The same without the character NUL, which PostgreSQL cannot store: reasons repeat words of the file."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd")
    if isinstance(value, dict):
        return {_storable(name): _storable(item) for name, item in value.items()}
    return [_storable(item) for item in value] if isinstance(value, list) else value


def columns(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    """Rows to columns, for a statement that unnests them."""
    return [list(column) for column in zip(*rows, strict=True)]


async def take_people(batch: Batch, lines: Sequence[Numbered[PersonLine]]) -> None:
    """Adds people nobody has the e-mail of; only an administrator may, and known people stay as they are."""
    known = await queries.find_people(batch.connection, (item.line.email for item in lines))
    unknown = [item for item in lines if item.line.email.lower() not in known]
    if not batch.actor.has(Role.ADMINISTRATOR):
        for item in unknown:
            why = f"Nobody here has the e-mail {item.line.email}, and only an administrator adds people."
            batch.reject(item.number, Invalid(why, reason="line-new-person", email=item.line.email))
        return
    rows = [(new_id(), line.email, line.name, line.department, line.site) for line in (item.line for item in unknown)]
    if rows:
        await queries.add_people(batch.connection, columns(rows), batch.now)


async def take_ideas(batch: Batch, lines: Sequence[Numbered[IdeaLine]]) -> None:
    """Adds ideas that are not here yet."""
    people = await queries.find_people(batch.connection, _emails_of_ideas(lines))
    fresh = await _fresh(batch, "idea", lines, lambda line: line.id)
    taken: list[tuple[UUID, IdeaLine, Wording]] = []
    for item in fresh:
        if missing := _missing(people, [item.line.author, *item.line.co_authors]):
            batch.reject(item.number, _unknown_person(missing))
        else:
            taken.append((new_id(), item.line, tidy(item.line.title, item.line.body, item.line.tags)))
    if taken:
        await _add_ideas(batch, people, taken)


async def _add_ideas(
    batch: Batch, people: dict[str, PersonKey], taken: Sequence[tuple[UUID, IdeaLine, Wording]]
) -> None:
    ideas: list[tuple[Any, ...]] = []
    authors: list[tuple[Any, ...]] = []
    for idea_id, line, wording in taken:
        author = people[line.author.lower()]
        # One text an idea: PostgreSQL's arrays of arrays must all be of one length.
        tags = msgspec.json.encode(wording.tags).decode()
        ideas.append((idea_id, author.id, author.department, wording.title, wording.body, tags, line.submitted_at))
        writers = dict.fromkeys([author.id, *(people[email.lower()].id for email in line.co_authors)])
        authors.extend((idea_id, person_id, author.id, line.submitted_at) for person_id in writers)
    await queries.add_ideas(batch.connection, batch.challenge.id, columns(ideas))
    await queries.add_idea_authors(batch.connection, columns(authors))
    await _remember(batch, "idea", [(line.id, idea_id) for idea_id, line, _ in taken])


async def take_votes(batch: Batch, lines: Sequence[Numbered[VoteLine]]) -> None:
    """Adds votes; a second vote of one person on one idea, and a vote on one's own idea, are rejected."""
    ideas = await _idea_ids(batch, (item.line.idea for item in lines))
    people = await queries.find_people(batch.connection, (item.line.person for item in lines))
    own = await queries.find_authorship(batch.connection, ideas.values())
    found = [item for item in lines if _resolve(batch, item.number, ideas, people, item.line.idea, item.line.person)]
    keys = {item.number: (ideas[item.line.idea], people[item.line.person.lower()].id) for item in found}
    voted = await queries.find_votes(batch.connection, [k[0] for k in keys.values()], [k[1] for k in keys.values()])
    rows: list[tuple[Any, ...]] = []
    for item in found:
        key = keys[item.number]
        if key in own:
            batch.reject(item.number, Invalid("Nobody votes on an idea of their own.", reason="line-own-idea"))
        elif key in voted:
            why = f"{item.line.person} has voted on idea '{item.line.idea}' already."
            batch.reject(item.number, Invalid(why, reason="line-voted", email=item.line.person, idea=item.line.idea))
        elif (row := _vote_row(batch, item, key)) is not None:
            voted.add(key)
            rows.append(row)
    if rows:
        await _add_votes(batch, rows)


def _vote_row(batch: Batch, item: Numbered[VoteLine], key: tuple[UUID, UUID]) -> tuple[Any, ...] | None:
    try:
        value = vote_value(batch.challenge.voting_method, item.line)
    except Invalid as error:
        batch.reject(item.number, error)
        return None
    return (*key, value, new_id() if item.line.dealt else None, item.line.at, item.line.position)


async def _add_votes(batch: Batch, rows: Sequence[tuple[Any, ...]]) -> None:
    dealt = [(card, idea, person, position, at) for idea, person, _, card, at, position in rows if card is not None]
    if dealt:
        await queries.add_impressions(batch.connection, batch.challenge.id, new_id(), columns(dealt))
    await queries.add_votes(batch.connection, batch.challenge.id, columns([row[:5] for row in rows]))


async def take_comments(batch: Batch, lines: Sequence[Numbered[CommentLine]]) -> None:
    """Adds comments; a reply follows the comment it replies to."""
    fresh = await _fresh(batch, "comment", lines, lambda line: line.id)
    ideas = await _idea_ids(batch, (item.line.idea for item in fresh))
    people = await queries.find_people(batch.connection, (item.line.author for item in fresh))
    known = await _known(batch, "comment", [item.line.parent for item in fresh if item.line.parent is not None])
    rows: list[tuple[Any, ...]] = []
    for item in fresh:
        line = item.line
        if not _resolve(batch, item.number, ideas, people, line.idea, line.author):
            continue
        if line.parent is not None and line.parent not in known:
            why = f"There is no comment '{line.parent}' to reply to."
            batch.reject(item.number, Invalid(why, reason="line-no-parent", parent=line.parent))
            continue
        known[line.id] = comment_id = new_id()
        parent_id = known[line.parent] if line.parent is not None else None
        rows.append(
            (comment_id, ideas[line.idea], parent_id, people[line.author.lower()].id, line.body, line.at, line.id)
        )
    if rows:
        await queries.add_comments(batch.connection, columns([row[:6] for row in rows]))
        await _remember(batch, "comment", [(row[6], row[0]) for row in rows])


async def take_reviews(batch: Batch, lines: Sequence[Numbered[ReviewLine]]) -> None:
    """Adds sent reviews; never one of an author, of the idea's own department, or with a criterion left out."""
    fresh = await _fresh(batch, "review", lines, lambda line: line.id)
    ideas = await _idea_ids(batch, (item.line.idea for item in fresh))
    people = await queries.find_people(batch.connection, (item.line.reviewer for item in fresh))
    criteria = await queries.find_criteria(batch.connection, batch.challenge.id)
    own = await queries.find_authorship(batch.connection, ideas.values())
    departments = await queries.find_departments(batch.connection, ideas.values())
    found = [item for item in fresh if _resolve(batch, item.number, ideas, people, item.line.idea, item.line.reviewer)]
    keys = {item.number: (ideas[item.line.idea], people[item.line.reviewer.lower()].id) for item in found}
    done = await queries.find_reviewed(batch.connection, [k[0] for k in keys.values()], [k[1] for k in keys.values()])
    taken: list[tuple[UUID, tuple[UUID, UUID], ReviewLine]] = []
    for item in found:
        key, line = keys[item.number], item.line
        same_department = departments[key[0]] == people[line.reviewer.lower()].department
        if key in done:
            why = f"{line.reviewer} has reviewed idea '{line.idea}' already."
            batch.reject(item.number, Invalid(why, reason="line-reviewed", email=line.reviewer, idea=line.idea))
        elif key in own or same_department:
            why = f"{line.reviewer} has a conflict of interest with idea '{line.idea}'."
            batch.reject(item.number, Invalid(why, reason="line-conflict", email=line.reviewer, idea=line.idea))
        elif problem := _score_problem(criteria, line.scores):
            batch.reject(item.number, problem)
        else:
            done.add(key)
            taken.append((new_id(), key, line))
    if taken:
        await _add_reviews(batch, criteria, taken)


def _score_problem(criteria: dict[str, CriterionKey], scores: dict[str, int]) -> Invalid | None:
    if not criteria or set(scores) != set(criteria):
        named = ", ".join(criteria)
        why = f"A review scores exactly the challenge's criteria: {named or 'it has none'}."
        return Invalid(why, reason="line-criteria", criteria=named or "–")
    for key, score in scores.items():
        low, high = criteria[key].scale_min, criteria[key].scale_max
        if not low <= score <= high:
            why = f"The score {score} for '{key}' is not from {low} to {high}."
            return Invalid(why, reason="line-score", score=score, criterion=key, low=low, high=high)
    return None


async def _add_reviews(
    batch: Batch, criteria: dict[str, CriterionKey], taken: Sequence[tuple[UUID, tuple[UUID, UUID], ReviewLine]]
) -> None:
    rows = [(review_id, new_id(), *key, line.comment, line.at) for review_id, key, line in taken]
    await queries.add_reviews(batch.connection, batch.challenge.id, batch.actor.person_id, batch.now, columns(rows))
    scores = [
        (review_id, criteria[key].id, score) for review_id, _, line in taken for key, score in line.scores.items()
    ]
    await queries.add_review_scores(batch.connection, columns(scores))
    await _remember(batch, "review", [(line.id, review_id) for review_id, _, line in taken])


async def take_decisions(batch: Batch, lines: Sequence[Numbered[DecisionLine]]) -> None:
    """Adds outcomes, never of the importer's own ideas; a decline or an "already exists" needs its reason."""
    ideas = await _idea_ids(batch, (item.line.idea for item in lines))
    own = await queries.find_authorship(batch.connection, ideas.values())
    rows = []
    for item in lines:
        line = item.line
        if line.idea not in ideas:
            batch.reject(item.number, _unknown_idea(line.idea))
        elif line.outcome in ("declined", "already_exists") and not line.reason.strip():
            why = f"The outcome '{line.outcome}' needs a reason."
            batch.reject(item.number, Invalid(why, reason="line-outcome-reason", outcome=line.outcome))
        elif (ideas[line.idea], batch.actor.person_id) in own:
            why = f"You had a hand in idea '{line.idea}', so somebody else has to import what was decided."
            batch.reject(item.number, Invalid(why, reason="line-decide-own", idea=line.idea))
        else:
            rows.append((new_id(), ideas[line.idea], line.outcome, line.reason, line.lesson, line.at))
    if rows:
        await queries.add_decisions(batch.connection, batch.challenge.id, batch.actor.person_id, columns(rows))


def _emails_of_ideas(lines: Iterable[Numbered[IdeaLine]]) -> Iterable[str]:
    for item in lines:
        yield item.line.author
        yield from item.line.co_authors


def _missing(people: dict[str, PersonKey], emails: Iterable[str]) -> str | None:
    return next((email for email in emails if email.lower() not in people), None)


def _unknown_person(email: str) -> Invalid:
    return Invalid(f"Nobody here has the e-mail {email}.", reason="line-unknown-person", email=email)


def _unknown_idea(idea: str) -> Invalid:
    return Invalid(f"There is no idea '{idea}' in this challenge.", reason="line-unknown-idea", idea=idea)


def _resolve(
    batch: Batch, number: int, ideas: dict[str, UUID], people: dict[str, PersonKey], idea: str, email: str
) -> bool:
    """Whether idea and person are known; rejects the line where one is not."""
    if idea not in ideas:
        batch.reject(number, _unknown_idea(idea))
        return False
    if email.lower() not in people:
        batch.reject(number, _unknown_person(email))
        return False
    return True


async def _fresh(
    batch: Batch, kind: ExternalKind, lines: Sequence[Numbered[LineType]], identify: Callable[[LineType], str]
) -> list[Numbered[LineType]]:
    """The lines whose id is new; what an earlier run took already counts as accepted and is passed over."""
    known = set(await _known(batch, kind, [identify(item.line) for item in lines]))
    fresh = []
    for item in lines:
        if identify(item.line) not in known:
            known.add(identify(item.line))
            fresh.append(item)
    return fresh


async def _known(batch: Batch, kind: ExternalKind, external_ids: Iterable[str]) -> dict[str, UUID]:
    return await queries.find_external_ids(batch.connection, batch.challenge.id, kind, external_ids)


async def _idea_ids(batch: Batch, external_ids: Iterable[str]) -> dict[str, UUID]:
    return await _known(batch, "idea", set(external_ids))


async def _remember(batch: Batch, kind: ExternalKind, pairs: Sequence[tuple[str, UUID]]) -> None:
    await queries.add_external_ids(
        batch.connection, batch.challenge.id, kind, [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    )
