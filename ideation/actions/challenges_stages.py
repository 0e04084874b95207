"""What people decide about a challenge: publish, extend, close early, reopen, archive."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from ideation.actions.challenges import require_version, store_challenge
from ideation.actions.closing import freeze
from ideation.database import Connection
from ideation.entities.challenges import Challenge, ChallengeState, Stage
from ideation.entities.challenges_forms import ChallengeClosing, ChallengeOut, NewClosing
from ideation.entities.people import Actor
from ideation.errors import Invalid, WrongState
from ideation.queries import challenges as queries
from ideation.queries import criteria as criteria_queries
from ideation.rules.challenges import require_running_it
from ideation.rules.challenges_editing import require_state
from ideation.rules.challenges_windows import check_not_over, check_published, check_weights, closes_at
from ideation.rules.moments import in_utc
from ideation.staging import stage_job


async def publish_challenge(
    connection: Connection, actor: Actor, challenge_id: UUID, version: int, now: datetime
) -> ChallengeOut:
    """Make a draft visible to its audience; from here on its dates say when it runs."""
    before = await _lock(connection, actor, challenge_id, version, now)
    require_state(before, ChallengeState.DRAFT, doing="published")
    check_published(before)
    check_not_over(before, now)
    check_weights(await criteria_queries.list_criteria(connection, challenge_id))
    after = replace(before, stage=Stage.PUBLISHED)
    await _stage_dates(connection, after, now)
    return await store_challenge(connection, actor, before, after, action="challenge.published", now=now)


async def extend_challenge(
    connection: Connection, actor: Actor, challenge_id: UUID, closing: NewClosing, version: int, now: datetime
) -> ChallengeOut:
    """Let a challenge that has not closed run longer."""
    before = await _lock(connection, actor, challenge_id, version, now)
    require_state(before, ChallengeState.SCHEDULED, ChallengeState.RUNNING, doing="extended")
    after = replace(before, **_ends(closing))
    _require_later(before, after)
    check_published(after)
    await _stage_dates(connection, after, now)
    return await store_challenge(
        connection, actor, before, after, action="challenge.extended", now=now, details={"reason": closing.reason}
    )


async def close_challenge_early(
    connection: Connection, actor: Actor, challenge_id: UUID, closing: ChallengeClosing, version: int, now: datetime
) -> ChallengeOut:
    """End submitting and voting at this moment; the ranking is frozen by the job that follows."""
    before = await _lock(connection, actor, challenge_id, version, now)
    require_state(before, ChallengeState.RUNNING, doing="closed early")
    if before.vote_opens_at is None or before.vote_opens_at >= now or before.submit_opens_at == now:
        raise WrongState(
            "Voting has not begun, so there is nothing to rank yet; move vote_opens_at forward first.",
            reason="voting-not-begun",
        )
    after = replace(before, submit_closes_at=_earlier(before.submit_closes_at, now), vote_closes_at=now)
    await _stage_dates(connection, after, now)
    return await store_challenge(
        connection, actor, before, after, action="challenge.closed_early", now=now, details={"reason": closing.reason}
    )


async def reopen_challenge(
    connection: Connection, actor: Actor, challenge_id: UUID, closing: NewClosing, version: int, now: datetime
) -> ChallengeOut:
    """Take ideas and votes again after the close; earlier rankings stay, the next close makes a new one."""
    before = await _lock(connection, actor, challenge_id, version, now)
    require_state(before, ChallengeState.IN_REVIEW, doing="reopened")
    after = replace(before, frozen_at=None, **_ends(closing))
    check_published(after)
    check_not_over(after, now)
    await _stage_dates(connection, after, now)
    return await store_challenge(
        connection, actor, before, after, action="challenge.reopened", now=now, details={"reason": closing.reason}
    )


async def archive_challenge(
    connection: Connection, actor: Actor, challenge_id: UUID, version: int, now: datetime
) -> ChallengeOut:
    """Put a challenge away: everything stays readable, nothing changes any more."""
    before = await _lock(connection, actor, challenge_id, version, now)
    require_state(before, ChallengeState.IN_REVIEW, ChallengeState.DECIDED, doing="archived")
    # The schedule may be late, and it passes over what is archived: the closing ranking must be made all the same.
    frozen_at = now if await freeze(connection, challenge_id, now) else before.frozen_at
    after = replace(before, stage=Stage.ARCHIVED, frozen_at=frozen_at)
    return await store_challenge(connection, actor, before, after, action="challenge.archived", now=now)


def _ends(closing: NewClosing) -> dict[str, Any]:
    return in_utc({"submit_closes_at": closing.submit_closes_at, "vote_closes_at": closing.vote_closes_at})


async def _lock(connection: Connection, actor: Actor, challenge_id: UUID, version: int, now: datetime) -> Challenge:
    """Held FOR UPDATE, so that votes and submissions under way finish before the change, and later ones see it."""
    challenge = require_running_it(actor, await queries.lock_challenge(connection, challenge_id, now))
    require_version(challenge, version)
    return challenge


async def _stage_dates(connection: Connection, challenge: Challenge, now: datetime) -> None:
    """Stage what follows from the opening and the closing; the schedule finds both too, should a date move."""
    if challenge.opened_at is None and challenge.submit_opens_at is not None:
        await stage_job(connection, "open_challenge", challenge.id, now, not_before=challenge.submit_opens_at)
    closing = closes_at(challenge)
    if closing is not None:
        await stage_job(connection, "close_challenge", challenge.id, now, not_before=closing)


def _require_later(before: Challenge, after: Challenge) -> None:
    for name in ("submit_closes_at", "vote_closes_at"):
        old: datetime | None = getattr(before, name)
        new: datetime | None = getattr(after, name)
        if new is not None and old is None:
            text = "This challenge has no end to move; close it when it is to end."
            raise Invalid(text, field=name, reason="extend-no-end")
        if new is not None and old is not None and new < old:
            raise Invalid(f"Extending cannot move {name} to an earlier moment.", field=name, reason="extend-only-later")


def _earlier(closes: datetime | None, now: datetime) -> datetime:
    return now if closes is None else min(closes, now)
