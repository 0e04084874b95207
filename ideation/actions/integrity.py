"""Odd voting patterns: shown with what they do to the ranking, judged by people, never silently dropped."""

from datetime import datetime
from uuid import UUID

from ideation.actions.panel_rankings import refuse_open_reviews
from ideation.database import Connection
from ideation.entities.challenges import Authorship, Challenge
from ideation.entities.integrity import (
    DismissFlag,
    FlagEffect,
    FlaggedPerson,
    FlagRow,
    IntegrityFlag,
)
from ideation.entities.people import Actor, Role, Scope
from ideation.errors import Forbidden, NotFound, WrongState
from ideation.queries import audit
from ideation.queries import integrity as queries
from ideation.queries.challenges import find_challenge, find_names
from ideation.queries.panel_rankings import list_titles
from ideation.rules.access import require_scope
from ideation.rules.challenges import require_visible, runs_challenge


async def list_flags(connection: Connection, actor: Actor, challenge_id: UUID, now: datetime) -> list[IntegrityFlag]:
    """Patterns of a challenge for those who run it and for moderators, once they owe it no review."""
    challenge = await _judged_by(connection, actor, challenge_id, now)
    return await _shown(connection, challenge, await queries.list_flags(connection, challenge_id))


async def dismiss_flag(
    connection: Connection, actor: Actor, flag_id: UUID, input: DismissFlag, now: datetime
) -> IntegrityFlag:
    """Say why a pattern is no reason to worry; nobody dismisses one of their own votes or ideas."""
    flag = await queries.find_flag(connection, flag_id)
    if flag is None:
        # As much is asked, in the same words, for a flag that is not there as for one that is hidden.
        await _judged_by(connection, actor, flag_id, now, asked_for="flag")
        raise NotFound("There is no such flag, or it is not open to you.")
    challenge = await _judged_by(connection, actor, flag.challenge_id, now, asked_for="flag")
    if actor.person_id in flag.people:
        raise Forbidden("This pattern is about votes of yours; somebody else has to judge it.", reason="flag-about-you")
    if not await queries.dismiss_flag(connection, flag_id, actor.person_id, input.reason, now):
        raise WrongState("This flag was dismissed before.", reason="flag-dismissed")
    await audit.record(
        connection,
        action="integrity.dismiss",
        subject_kind="integrity_flag",
        subject_id=flag_id,
        now=now,
        actor_id=actor.person_id,
        challenge_id=challenge.id,
        details={"kind": flag.kind, "reason": input.reason},
    )
    dismissed = await queries.find_flag(connection, flag_id)
    return (await _shown(connection, challenge, [dismissed or flag]))[0]


async def _judged_by(
    connection: Connection, actor: Actor, challenge_id: UUID, now: datetime, *, asked_for: str = "challenge"
) -> Challenge:
    challenge = require_visible(actor, await find_challenge(connection, challenge_id, now), asked_for=asked_for)
    require_scope(actor, Scope.MANAGE)
    if not (runs_challenge(actor, challenge) or actor.has(Role.MODERATOR)):
        raise Forbidden(
            "Voting patterns are shown to those who run the challenge and to moderators.", reason="flags-of-runners"
        )
    await refuse_open_reviews(connection, actor, challenge, now)
    return challenge


async def _shown(connection: Connection, challenge: Challenge, flags: list[FlagRow]) -> list[IntegrityFlag]:
    named = challenge.authorship is Authorship.SHOWN
    names = await find_names(connection, [person for flag in flags for person in flag.people]) if named else {}
    titles = await list_titles(connection, [UUID(one["idea_id"]) for flag in flags for one in flag.effects])
    return [_flag_out(flag, names, titles) for flag in flags]


def _flag_out(flag: FlagRow, names: dict[UUID, str], titles: dict[UUID, str]) -> IntegrityFlag:
    return IntegrityFlag(
        id=flag.id,
        kind=flag.kind,
        reason=flag.reason,
        people_involved=len(flag.people),
        people=[FlaggedPerson(person_id=person, name=names[person]) for person in flag.people if person in names],
        votes=flag.votes,
        p_value=flag.p_value,
        effects=[
            FlagEffect(
                idea_id=UUID(one["idea_id"]),
                title=titles.get(UUID(one["idea_id"]), ""),
                rank_with=one["rank_with"],
                rank_without=one["rank_without"],
            )
            for one in flag.effects
        ],
        found_at=flag.found_at,
        last_seen_at=flag.last_seen_at,
        dismissed_by=flag.dismissed_by,
        dismissed_at=flag.dismissed_at,
        dismissal=flag.dismissal,
    )
