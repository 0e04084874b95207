"""Exporting a challenge as the very lines an import takes, one part after another, never the whole in memory.

People who voted, commented and reviewed leave as pseudonyms unless an administrator asks for names; authors of a
challenge with sealed authorship always do, also where they comment on their own idea, and so do all authors for
somebody on a panel that reviews blind. There votes have pseudonyms of their own, named to nobody: of all who voted, the
one who never did on an idea may be its author.
"""

import csv
import hashlib
import hmac
import io
from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from ideation.actions.panel_rankings import refuse_open_reviews
from ideation.database import Connection
from ideation.entities.challenges import Authorship, Challenge
from ideation.entities.people import Actor
from ideation.entities.transfer import (
    LINE_KINDS,
    ChallengeLine,
    CommentLine,
    CriterionLine,
    DecisionLine,
    IdeaLine,
    Line,
    LineKind,
    PersonLine,
    ReviewLine,
    VoteLine,
)
from ideation.queries import audit
from ideation.queries import transfer as queries
from ideation.queries.challenges import find_challenge, is_panel_member
from ideation.rules.access import require_administrator
from ideation.rules.authorship import reviews_blind
from ideation.rules.challenges import require_running_it
from ideation.rules.transfer import guard_csv_cell

Naming = Literal["pseudonyms", "names"]
_Part = Literal["author", "judge", "voter"]

_UNDISCLOSED = "Undisclosed"
_CSV_LIST_SEPARATOR = ";"


class ExportPlan(msgspec.Struct, frozen=True, kw_only=True):
    """An export that was authorised and may now be streamed."""

    challenge: Challenge
    naming: Naming
    authors_withheld: bool
    secret_key: str


async def plan_export(
    connection: Connection, actor: Actor, challenge_id: UUID, naming: Naming, secret_key: str, now: datetime
) -> ExportPlan:
    """Those who run a challenge may export it, once they have sent their own reviews of it. Audited.

    Names of those who judged are for administrators.
    """
    challenge = require_running_it(actor, await find_challenge(connection, challenge_id, now))
    if naming == "names":
        require_administrator(actor)
    await refuse_open_reviews(connection, actor, challenge, now)
    on_panel = await is_panel_member(connection, challenge.id, actor.person_id)
    withheld = challenge.authorship is Authorship.SEALED or (on_panel and reviews_blind(challenge))
    await audit.record(
        connection,
        action="challenge.exported",
        subject_kind="challenge",
        subject_id=challenge.id,
        challenge_id=challenge.id,
        actor_id=actor.person_id,
        now=now,
        details={"naming": naming},
    )
    return ExportPlan(challenge=challenge, naming=naming, authors_withheld=withheld, secret_key=secret_key)


async def export_jsonl(connection: Connection, plan: ExportPlan) -> AsyncIterator[bytes]:
    """Every line as JSON, the challenge first; the connection is in a transaction that sees one moment."""
    yield _json(await _challenge_line(connection, plan.challenge))
    async for kind_lines in _all_lines(connection, plan):
        yield _json(kind_lines)


async def export_csv(connection: Connection, plan: ExportPlan, kind: LineKind) -> AsyncIterator[bytes]:
    """The lines of one kind as CSV with a header."""
    criteria = [row["key"] for row in await queries.export_criteria(connection, plan.challenge.id)]
    header = _csv_header(kind, criteria)
    yield _csv_record(header)
    async for line in _lines(connection, plan, await _names(connection, plan), kind):
        yield _csv_record(_csv_cells(line, header))


async def _all_lines(connection: Connection, plan: ExportPlan) -> AsyncIterator[Line]:
    names = await _names(connection, plan)
    for kind in LINE_KINDS:
        async for line in _lines(connection, plan, names, kind):
            yield line


class _Names(msgspec.Struct, frozen=True):
    """What each person is called in this export, as an author (also commenting on the own idea), judge and voter."""

    authors_withheld: bool
    authors: dict[UUID, str]
    judges: dict[UUID, str]
    voters: dict[UUID, str]
    people: list[PersonLine]


async def _names(connection: Connection, plan: ExportPlan) -> _Names:
    authors: dict[UUID, str] = {}
    judges: dict[UUID, str] = {}
    voters: dict[UUID, str] = {}
    voter: _Part = "voter" if plan.authors_withheld else "judge"
    people: dict[str, PersonLine] = {}
    async for row in queries.export_rows(connection, "people", plan.challenge.id):
        judges_here = row["judges"] or (row["answers"] and not plan.authors_withheld)
        parts: list[tuple[_Part, bool, dict[UUID, str]]] = [
            ("author", row["writes"], authors),
            ("judge", judges_here, judges),
            (voter, row["votes"], voters),
        ]
        for part, wanted, emails in parts:
            if wanted:
                line = _person_line(plan, row, part)
                emails[row["id"]] = line.email
                people[line.email] = line
    # By their address here: in the order of the rows, a pseudonym would stand beside its own person's other name.
    return _Names(plan.authors_withheld, authors, judges, voters, [people[email] for email in sorted(people)])


def _person_line(plan: ExportPlan, row: dict[str, Any], part: _Part) -> PersonLine:
    named = {"author": not plan.authors_withheld, "judge": plan.naming == "names", "voter": False}
    if named[part]:
        return PersonLine(email=row["email"], name=row["name"], department=row["department"], site=row["site"])
    pseudonym = _pseudonym(plan, row["id"], part)
    # The department of a withheld author would give small departments away.
    department = _UNDISCLOSED if plan.authors_withheld else row["department"]
    return PersonLine(email=f"{pseudonym}@pseudonym.invalid", name=f"Participant {pseudonym}", department=department)


def _pseudonym(plan: ExportPlan, person_id: UUID, part: _Part) -> str:
    """Stable for a person, part and challenge; without the installation's key it cannot be traced to the person."""
    message = f"{part}:{plan.challenge.id}:{person_id}".encode()
    return hmac.new(plan.secret_key.encode(), message, hashlib.sha256).hexdigest()[:16]


async def _challenge_line(connection: Connection, challenge: Challenge) -> ChallengeLine:
    criteria = await queries.export_criteria(connection, challenge.id)
    return ChallengeLine(
        question=challenge.question,
        brief=challenge.brief,
        voting_method=challenge.voting_method,
        authorship=challenge.authorship,
        shortlist_size=challenge.shortlist_size,
        criteria=msgspec.convert(criteria, list[CriterionLine]),
    )


async def _lines(connection: Connection, plan: ExportPlan, names: _Names, kind: LineKind) -> AsyncIterator[Line]:
    if kind == "person":
        for person in names.people:
            yield person
        return
    part, make = _PARTS[kind]
    async for row in queries.export_rows(connection, part, plan.challenge.id):
        yield make(row, names)


def _idea_line(row: dict[str, Any], names: _Names) -> Line:
    return IdeaLine(
        id=str(row["id"]),
        author=names.authors[row["author_id"]],
        title=row["title"],
        body=row["body"],
        tags=row["tags"],
        co_authors=sorted(names.authors[person_id] for person_id in row["co_author_ids"]),
        submitted_at=row["submitted_at"],
    )


def _vote_line(row: dict[str, Any], names: _Names) -> Line:
    return VoteLine(
        idea=str(row["idea_id"]),
        person=names.voters[row["person_id"]],
        answer=row["answer"],
        dealt=row["dealt"],
        position=row["position"] or 1,
        at=row["at"],
    )


def _comment_line(row: dict[str, Any], names: _Names) -> Line:
    return CommentLine(
        id=str(row["id"]),
        idea=str(row["idea_id"]),
        author=(names.authors if row["by_idea_author"] and names.authors_withheld else names.judges)[row["author_id"]],
        body=row["body"],
        parent=None if row["parent_id"] is None else str(row["parent_id"]),
        at=row["at"],
    )


def _review_line(row: dict[str, Any], names: _Names) -> Line:
    return ReviewLine(
        id=str(row["id"]),
        idea=str(row["idea_id"]),
        reviewer=names.judges[row["reviewer_id"]],
        scores=row["scores"] or {},
        comment=row["comment"],
        at=row["at"],
    )


def _decision_line(row: dict[str, Any], _names: _Names) -> Line:
    return DecisionLine(
        idea=str(row["idea_id"]), outcome=row["outcome"], reason=row["reason"], lesson=row["lesson"], at=row["at"]
    )


_PARTS: dict[LineKind, tuple[queries.ExportPart, Any]] = {
    "idea": ("ideas", _idea_line),
    "vote": ("votes", _vote_line),
    "comment": ("comments", _comment_line),
    "review": ("reviews", _review_line),
    "decision": ("decisions", _decision_line),
}
_KIND_STRUCTS: dict[LineKind, type[msgspec.Struct]] = {
    "person": PersonLine,
    "idea": IdeaLine,
    "vote": VoteLine,
    "comment": CommentLine,
    "review": ReviewLine,
    "decision": DecisionLine,
}


def _json(line: Line) -> bytes:
    return msgspec.json.encode(line) + b"\n"


def _csv_header(kind: LineKind, criteria: Iterable[str]) -> list[str]:
    header: list[str] = []
    for field in msgspec.structs.fields(_KIND_STRUCTS[kind]):
        header.extend([f"score.{key}" for key in criteria] if field.name == "scores" else [field.name])
    return header


def _csv_cells(line: Line, header: list[str]) -> list[str]:
    values = msgspec.to_builtins(line)
    values |= {f"score.{key}": score for key, score in values.get("scores", {}).items()}
    return [guard_csv_cell(_csv_cell(values.get(column))) for column in header]


def _csv_cell(value: Any) -> str:
    if isinstance(value, list):
        return _CSV_LIST_SEPARATOR.join(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _csv_record(cells: list[str]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow(cells)
    return buffer.getvalue().encode()
