"""Challenges: draft, edit, read, list."""

from datetime import datetime
from typing import Any, NoReturn
from uuid import UUID

import msgspec
from msgspec import UNSET

from ideation.database import Connection
from ideation.entities.challenges import EDITABLE, Challenge, ChallengeState, Stage
from ideation.entities.challenges_check import ChallengeCheck
from ideation.entities.challenges_forms import (
    ChallengeEdit,
    ChallengeItem,
    ChallengeOut,
    CriterionInput,
    NewChallenge,
    ParticipationOut,
)
from ideation.entities.people import Actor, Scope
from ideation.errors import Invalid, NotFound, PreconditionFailed, WrongState
from ideation.ids import new_id
from ideation.markdown import render_markdown
from ideation.paging import Page, PageKey, cut_page
from ideation.queries import audit
from ideation.queries import challenges as queries
from ideation.queries import criteria as criteria_queries
from ideation.rules.access import require_scope
from ideation.rules.challenges import require_running_it, require_visible, runs_challenge
from ideation.rules.challenges_check import check_challenge
from ideation.rules.challenges_editing import check_edit, require_may_create, require_state
from ideation.rules.challenges_windows import (
    check_criteria,
    check_draft,
    check_published,
    check_weights,
    takes_ideas,
    takes_votes,
)
from ideation.rules.moments import in_utc
from ideation.staging import stage_job


async def create_challenge(connection: Connection, actor: Actor, new: NewChallenge, now: datetime) -> ChallengeOut:
    """Draft a challenge; whoever drafts it owns and sponsors it unless other people are named."""
    require_may_create(actor)
    challenge = _draft(actor, new, now)
    check_draft(challenge)
    check_criteria(new.criteria)
    await _require_people(connection, challenge)
    await queries.add_challenge(connection, challenge)
    await criteria_queries.replace_criteria(connection, challenge.id, new.criteria)
    await audit.record(
        connection,
        action="challenge.created",
        subject_kind="challenge",
        subject_id=challenge.id,
        challenge_id=challenge.id,
        actor_id=actor.person_id,
        now=now,
        details={"question": challenge.question},
    )
    return await challenge_out(connection, actor, challenge, now)


def _draft(actor: Actor, new: NewChallenge, now: datetime) -> Challenge:
    given = in_utc({name: getattr(new, name) for name in EDITABLE})
    given["owner_id"] = new.owner_id or actor.person_id
    given["sponsor_id"] = new.sponsor_id or given["owner_id"]
    return Challenge(
        **given,
        id=new_id(),
        stage=Stage.DRAFT,
        state=ChallengeState.DRAFT,
        opened_at=None,
        frozen_at=None,
        decided_at=None,
        version=1,
        created_by=actor.person_id,
        created_at=now,
        updated_at=now,
    )


async def edit_challenge(
    connection: Connection, actor: Actor, challenge_id: UUID, edit: ChallengeEdit, version: int, now: datetime
) -> ChallengeOut:
    """Change what may change in the challenge's present state, if it still has this version."""
    before = require_running_it(actor, await queries.lock_challenge(connection, challenge_id, now))
    require_version(before, version)
    after = msgspec.structs.replace(before, **_given(edit))
    check_edit(before, after, now)
    check_draft(after)
    await _require_people(connection, after, before)
    if edit.criteria is not UNSET:
        await _change_criteria(connection, after, edit.criteria)
    if after.state is not ChallengeState.DRAFT:
        check_published(after)
    if after.stop_words != before.stop_words and after.state is not ChallengeState.DRAFT:
        await stage_job(connection, "refresh_themes", after.id, now, queue="analysis")
    return await store_challenge(connection, actor, before, after, action="challenge.edited", now=now)


def _given(edit: ChallengeEdit) -> dict[str, Any]:
    return in_utc({name: getattr(edit, name) for name in EDITABLE if getattr(edit, name) is not UNSET})


async def _change_criteria(connection: Connection, challenge: Challenge, criteria: list[CriterionInput]) -> None:
    """Criteria may change until the first review is begun."""
    require_state(
        challenge,
        ChallengeState.DRAFT,
        ChallengeState.SCHEDULED,
        ChallengeState.RUNNING,
        ChallengeState.IN_REVIEW,
        doing="given other criteria",
    )
    check_criteria(criteria)
    if challenge.state is not ChallengeState.DRAFT:
        check_weights(criteria)
    if await criteria_queries.has_reviews(connection, challenge.id):
        raise WrongState(
            "A review has begun by these criteria; they can no longer change.",
            field="criteria",
            reason="criteria-in-use",
        )
    await criteria_queries.replace_criteria(connection, challenge.id, criteria)


async def store_challenge(
    connection: Connection,
    actor: Actor,
    before: Challenge,
    after: Challenge,
    *,
    action: str,
    now: datetime,
    details: dict[str, Any] | None = None,
) -> ChallengeOut:
    """Write a changed challenge, record who changed what, and return it as it now is."""
    if await queries.update_challenge(connection, after, before.version, now) is None:
        raise PreconditionFailed
    await audit.record(
        connection,
        action=action,
        subject_kind="challenge",
        subject_id=after.id,
        challenge_id=after.id,
        actor_id=actor.person_id,
        now=now,
        details=(details or {}) | {"changed": _changes(before, after)},
    )
    return await read_challenge(connection, actor, after.id, now)


def _changes(before: Challenge, after: Challenge) -> dict[str, Any]:
    """Old and new value of each changed field, long texts left out."""
    names = [*EDITABLE, "stage", "frozen_at", "decided_at"]
    pairs = {name: [getattr(before, name), getattr(after, name)] for name in names}
    return {
        name: (["(text)", "(text)"] if name in ("brief", "idea_template") else pair)
        for name, pair in pairs.items()
        if pair[0] != pair[1]
    }


def require_version(challenge: Challenge, version: int) -> None:
    """The caller changes what it read."""
    if challenge.version != version:
        raise PreconditionFailed(current_version=challenge.version)


async def _require_people(connection: Connection, after: Challenge, before: Challenge | None = None) -> None:
    """Whoever is newly named as owner or sponsor is active; one deactivated since stays until replaced."""
    named = {
        field: getattr(after, field)
        for field in ("owner_id", "sponsor_id")
        if before is None or getattr(before, field) != getattr(after, field)
    }
    active = await queries.find_active(connection, list(named.values()))
    for field, person_id in named.items():
        if person_id not in active:
            raise Invalid(f"{field} names nobody who is active here.", field=field, reason="nobody-active")


async def delete_draft_challenge(connection: Connection, actor: Actor, challenge_id: UUID, now: datetime) -> None:
    """Delete a draft that was never published."""
    challenge = require_running_it(actor, await queries.lock_challenge(connection, challenge_id, now))
    require_state(challenge, ChallengeState.DRAFT, doing="deleted")
    if not await queries.delete_draft_challenge(connection, challenge_id):
        raise WrongState("This draft holds ideas already and cannot be deleted.", reason="draft-holds-ideas")
    await audit.record(
        connection,
        action="challenge.deleted",
        subject_kind="challenge",
        subject_id=challenge_id,
        challenge_id=challenge_id,
        actor_id=actor.person_id,
        now=now,
        details={"question": challenge.question},
    )


async def find_visible_challenge(
    connection: Connection, actor: Actor, challenge_id: UUID, now: datetime, *, asked_for: str = "challenge"
) -> Challenge:
    """The challenge, if this person may see it; panel members see it also outside its audience."""
    challenge = await queries.find_challenge(connection, challenge_id, now)
    try:
        return require_visible(actor, challenge)
    except NotFound:
        member = await queries.is_panel_member(connection, challenge_id, actor.person_id)
        return require_visible(actor, challenge, panel_member=member, asked_for=asked_for)


async def refuse_missing(
    connection: Connection, actor: Actor, missing_id: UUID, now: datetime, *, asked_for: str
) -> NoReturn:
    """NotFound for a thing of some challenge that is not there, in the words and statements of one that is hidden."""
    await find_visible_challenge(connection, actor, missing_id, now, asked_for=asked_for)
    raise NotFound(f"There is no such {asked_for}, or it is not open to you.")


async def read_challenge(connection: Connection, actor: Actor, challenge_id: UUID, now: datetime) -> ChallengeOut:
    """One challenge with its state, windows and criteria."""
    challenge = await find_visible_challenge(connection, actor, challenge_id, now)
    return await challenge_out(connection, actor, challenge, now)


async def read_check(connection: Connection, actor: Actor, challenge_id: UUID, now: datetime) -> ChallengeCheck:
    """What speaks against publishing the challenge as it stands, and what may have been overlooked; for its owner."""
    challenge = require_running_it(actor, await queries.find_challenge(connection, challenge_id, now))
    return check_challenge(challenge, await criteria_queries.list_criteria(connection, challenge_id), now)


async def count_ideas(connection: Connection, actor: Actor, challenge_id: UUID, now: datetime) -> int:
    """How many ideas of a challenge are listed."""
    await find_visible_challenge(connection, actor, challenge_id, now)
    return await queries.count_ideas(connection, challenge_id)


async def read_participation(
    connection: Connection, actor: Actor, challenge_id: UUID, now: datetime
) -> ParticipationOut:
    """How many took part, the answer rate and the median time from submission to answer."""
    await find_visible_challenge(connection, actor, challenge_id, now)
    return await queries.measure_participation(connection, challenge_id, now)


async def list_challenges(
    connection: Connection,
    actor: Actor,
    *,
    now: datetime,
    limit: int,
    after: PageKey | None = None,
    state: ChallengeState | None = None,
    mine: bool = False,
) -> Page[ChallengeItem]:
    """Challenges this person may see, newest first; `mine` keeps those the person owns or sponsors."""
    require_scope(actor, Scope.READ)
    rows = await queries.list_challenges(
        connection, actor, now=now, state=state, mine=mine, after=after, limit=limit + 1
    )
    return cut_page(rows, limit, lambda item: [item.created_at.isoformat(), str(item.id)])


async def challenge_out(connection: Connection, actor: Actor, challenge: Challenge, now: datetime) -> ChallengeOut:
    """The challenge as those who may see it see it."""
    names = await queries.find_names(connection, [challenge.owner_id, challenge.sponsor_id])
    shown = {name: getattr(challenge, name) for name in EDITABLE}
    return ChallengeOut(
        **shown,
        id=challenge.id,
        state=challenge.state,
        brief_html=render_markdown(challenge.brief),
        sponsor_name=names[challenge.sponsor_id],
        owner_name=names[challenge.owner_id],
        always_on=challenge.submit_closes_at is None and challenge.vote_closes_at is None,
        criteria=await criteria_queries.list_criteria(connection, challenge.id),
        takes_ideas=takes_ideas(challenge, now),
        takes_votes=takes_votes(challenge, now),
        may_run=runs_challenge(actor, challenge),
        decided_at=challenge.decided_at,
        version=challenge.version,
        created_at=challenge.created_at,
        updated_at=challenge.updated_at,
    )
