"""The queue of possible duplicates: what the workers and people propose, and the moderators' verdicts."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from ideation.actions.challenges import find_visible_challenge
from ideation.actions.ideas_reading import find_visible_idea
from ideation.actions.merges import fold_together
from ideation.actions.replacements import replace_conflicted
from ideation.database import Connection
from ideation.entities.challenges import Challenge
from ideation.entities.duplicates import (
    ComparedIdea,
    GroupOut,
    HeldPair,
    ModelOut,
    NewPair,
    PairEvidence,
    PairOut,
    PairSide,
    PairState,
    ProposedOut,
    QueuedPair,
    Verdict,
    Verdicts,
    VerdictsOut,
)
from ideation.entities.ideas import Idea, IdeaState, state_shown
from ideation.entities.ideas_forms import IdeaAuthor
from ideation.entities.merges import NewMerge
from ideation.entities.people import Actor, Role, Scope
from ideation.errors import AlreadyExists, Forbidden, Invalid, NotFound, WrongState
from ideation.paging import Page, PageKey, cut_page
from ideation.queries import audit
from ideation.queries import challenges as challenge_queries
from ideation.queries import duplicates as queries
from ideation.queries import idea_authors as author_queries
from ideation.rules.access import require_scope, require_taking_part
from ideation.rules.authorship import may_know_authors
from ideation.rules.challenges import require_unarchived
from ideation.rules.decisions import may_know_decisions
from ideation.rules.duplicates import groups_of, model_is_due
from ideation.rules.moderation import require_moderating
from ideation.staging import stage_job
from ideation.text.encoder import load_encoder
from ideation.text.explain import matching_passages, shared_terms
from ideation.text.templates import own_text


async def list_queue(
    connection: Connection,
    actor: Actor,
    challenge_id: UUID,
    *,
    state: PairState,
    now: datetime,
    limit: int,
    after: PageKey | None,
) -> Page[PairOut]:
    """Pairs in one state, the likeliest first, with both texts; authors only where this reader may know them."""
    challenge = await _require_moderated(connection, actor, challenge_id, now)
    key = None if after is None else (float(str(after[0])), UUID(str(after[1])))
    rows = await queries.list_queue(connection, challenge_id, state, after=key, limit=limit + 1)
    page = cut_page(rows, limit, lambda row: [repr(row.probability), str(row.id)])
    sides = await _sides(
        connection, actor, challenge, [idea for row in page.items for idea in (row.idea_a, row.idea_b)]
    )
    return Page(items=[_pair_out(row, sides) for row in page.items], next_key=page.next_key)


async def count_waiting(connection: Connection, actor: Actor, challenge_id: UUID, now: datetime) -> int:
    """How many pairs wait for a verdict."""
    await _require_moderated(connection, actor, challenge_id, now)
    return await queries.count_waiting(connection, challenge_id)


async def list_groups(connection: Connection, actor: Actor, challenge_id: UUID, now: datetime) -> list[GroupOut]:
    """Ideas that were confirmed to say the same and are not merged yet."""
    challenge = await _require_moderated(connection, actor, challenge_id, now)
    groups = groups_of(await queries.list_verdicts(connection, challenge_id))
    sides = await _sides(connection, actor, challenge, [idea for group in groups for idea in group])
    return [GroupOut(ideas=[sides[idea] for idea in group]) for group in groups]


async def _require_moderated(connection: Connection, actor: Actor, challenge_id: UUID, now: datetime) -> Challenge:
    challenge = await find_visible_challenge(connection, actor, challenge_id, now)
    require_moderating(actor, challenge, own=False)
    return challenge


async def _sides(
    connection: Connection, actor: Actor, challenge: Challenge, ids: Sequence[UUID]
) -> dict[UUID, PairSide]:
    ideas = await queries.list_compared(connection, list(set(ids)), actor.person_id)
    member = await challenge_queries.is_panel_member(connection, challenge.id, actor.person_id)
    authors = await author_queries.list_authors(connection, list(ideas))
    return {
        idea.id: _side(
            idea,
            may_know_decisions(actor, challenge, author=idea.is_author, panel_member=member),
            authors[idea.id]
            if may_know_authors(actor, challenge, author=idea.is_author, panel_member=member, unsealed=idea.unsealed)
            else None,
        )
        for idea in ideas.values()
    }


def _side(idea: ComparedIdea, decisions_known: bool, authors: list[IdeaAuthor] | None) -> PairSide:
    return PairSide(
        id=idea.id,
        title=idea.title,
        body=idea.body,
        tags=idea.tags,
        state=state_shown(idea.state, decisions_known=decisions_known),
        authors=authors,
        submitted_at=idea.submitted_at,
        voters=idea.voters,
    )


def _pair_out(row: QueuedPair, sides: dict[UUID, PairSide]) -> PairOut:
    return PairOut(
        id=row.id,
        first=sides[row.idea_a],
        second=sides[row.idea_b],
        probability=None if row.by_person else row.probability,
        evidence=msgspec.convert(row.evidence, PairEvidence),
        model_version=row.model_version,
        state=row.state,
        proposed_by_person=row.by_person,
        proposed_at=row.proposed_at,
        decided_at=row.decided_at,
    )


async def decide_pairs(
    connection: Connection, actor: Actor, challenge_id: UUID, verdicts: Verdicts, now: datetime
) -> VerdictsOut:
    """Confirm or dismiss pairs; the verdict is remembered, and enough of them retrain the finder."""
    challenge = await _require_moderated(connection, actor, challenge_id, now)
    require_unarchived(challenge)
    pairs = await queries.hold_pairs(connection, challenge_id, verdicts.pair_ids)
    if len(pairs) < len(set(verdicts.pair_ids)):
        raise NotFound("Some of these pairs are not in this challenge.")
    await _require_not_own(connection, actor, challenge, pairs)
    state = PairState(verdicts.verdict)
    await queries.decide_pairs(connection, [pair.id for pair in pairs], state, actor.person_id, now)
    for pair in pairs:
        await _record(connection, actor, challenge, pair, verdicts, now)
    merge = verdicts.merge and verdicts.verdict is Verdict.CONFIRMED
    merged = await _merge_confirmed(connection, actor, challenge, pairs, verdicts.reason, now) if merge else 0
    await _stage_model(connection, now)
    return VerdictsOut(decided=[pair.id for pair in pairs], merged=merged)


async def _require_not_own(
    connection: Connection, actor: Actor, challenge: Challenge, pairs: Sequence[HeldPair]
) -> None:
    ids = {idea for pair in pairs for idea in (pair.idea_a, pair.idea_b)}
    compared = await queries.list_compared(connection, list(ids), actor.person_id)
    require_moderating(actor, challenge, own=any(idea.is_author for idea in compared.values()))


async def _record(
    connection: Connection, actor: Actor, challenge: Challenge, pair: HeldPair, verdicts: Verdicts, now: datetime
) -> None:
    await audit.record(
        connection,
        action=f"duplicate.{verdicts.verdict}",
        subject_kind="duplicate_pair",
        subject_id=pair.id,
        challenge_id=challenge.id,
        actor_id=actor.person_id,
        now=now,
        details={
            "ideas": [str(pair.idea_a), str(pair.idea_b)],
            "before": pair.state,
            "reason": verdicts.reason,
        },
    )


async def _merge_confirmed(
    connection: Connection,
    actor: Actor,
    challenge: Challenge,
    pairs: Sequence[HeldPair],
    reason: str,
    now: datetime,
) -> int:
    """Merge each pair; one whose ideas became one through another pair needs nothing more."""
    merged = 0
    for pair in pairs:
        new = NewMerge(idea_ids=[pair.idea_a, pair.idea_b], reason=reason)
        merged += len((await fold_together(connection, actor, challenge, new, now)).merged_ids)
    if merged:
        await replace_conflicted(connection, challenge.id, now)
    return merged


async def _stage_model(connection: Connection, now: datetime) -> None:
    confirmed, dismissed = await queries.count_verdicts(connection)
    standing = await queries.newest_model(connection, None)
    seen = 0 if standing is None else standing.confirmed + standing.dismissed
    if model_is_due(confirmed, dismissed, seen):
        await stage_job(connection, "fit_duplicate_model", "installation", now, queue="analysis")


async def propose_pair(
    connection: Connection, actor: Actor, challenge_id: UUID, new: NewPair, now: datetime
) -> ProposedOut:
    """Say that two ideas are the same; a moderator decides. A pair that was dismissed does not come back."""
    require_taking_part(actor)
    challenge = await find_visible_challenge(connection, actor, challenge_id, now)
    require_unarchived(challenge)
    first, second = sorted(new.idea_ids)
    if first == second:
        raise Invalid("Name two different ideas.", field="idea_ids", reason="two-ideas")
    ideas = [await _proposable(connection, actor, challenge, idea_id, now) for idea_id in (first, second)]
    evidence = _evidence(ideas[0], ideas[1], challenge)
    pair_id = await queries.propose_pair(connection, challenge_id, (first, second), evidence, actor.person_id, now)
    if pair_id is not None:
        return ProposedOut(id=pair_id, idea_ids=[first, second], state=PairState.PROPOSED)
    known = await queries.find_pair(connection, first, second)
    if known is None or known.state is not PairState.PROPOSED:
        raise AlreadyExists("A moderator has already decided about these two ideas.", reason="pair-decided")
    return ProposedOut(id=known.id, idea_ids=[first, second], state=known.state)


async def _proposable(connection: Connection, actor: Actor, challenge: Challenge, idea_id: UUID, now: datetime) -> Idea:
    idea = (await find_visible_idea(connection, actor, idea_id, now)).idea
    if idea.challenge_id != challenge.id:
        raise Invalid("Both ideas must be in this challenge.", field="idea_ids", reason="pair-elsewhere")
    hidden = idea.hidden_at is not None or idea.state in (IdeaState.DRAFT, IdeaState.WITHDRAWN)
    if hidden or idea.canonical_id is not None:
        raise WrongState(
            "Only ideas that are shown on their own can be proposed.", idea_id=str(idea.id), reason="pair-not-shown"
        )
    return idea


def _evidence(first: Idea, second: Idea, challenge: Challenge) -> PairEvidence:
    left, right = (own_text(idea.title, idea.body, challenge.idea_template) for idea in (first, second))
    passages = matching_passages(left, right, load_encoder())
    return PairEvidence(shared_terms=shared_terms(left, right), passages=msgspec.to_builtins(passages), parts=[])


async def read_model(connection: Connection, actor: Actor) -> ModelOut:
    """How often the finder is right, by its own test and by this installation's verdicts."""
    require_scope(actor, Scope.READ)
    if not (actor.has(Role.MODERATOR) or actor.has(Role.CHALLENGE_OWNER) or actor.has(Role.ADMINISTRATOR)):
        raise Forbidden(
            "This is shown to moderators, challenge owners and administrators.", reason="for-those-who-moderate"
        )
    confirmed, dismissed = await queries.count_verdicts(connection)
    own = await queries.newest_model(connection, None)
    used = await queries.latest_used_model(connection) if own is None else own.model
    return ModelOut(
        model=used,
        own=own is not None,
        curve=[] if own is None else own.curve,
        confirmed=confirmed,
        dismissed=dismissed,
        measured_precision=confirmed / (confirmed + dismissed) if confirmed + dismissed else None,
        fitted_at=None if own is None else own.fitted_at,
    )
