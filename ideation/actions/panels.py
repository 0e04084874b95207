"""Who sits on the panel of a challenge, and how far the panel is."""

from datetime import datetime
from uuid import UUID

from ideation.actions.replacements import replace_member
from ideation.database import Connection
from ideation.entities.challenges import Challenge, Stage
from ideation.entities.panels import IdeaProgress, PanelMember, PanelProgress, SetPanelMember
from ideation.entities.people import Actor
from ideation.errors import NotFound, WrongState
from ideation.paging import Page, PageKey, cut_page
from ideation.queries import assignments as assignment_queries
from ideation.queries import audit
from ideation.queries import panels as queries
from ideation.queries.challenges import find_challenge
from ideation.queries.people import find_person
from ideation.rules.challenges import require_running_it
from ideation.rules.people import require_reviewer


async def challenge_run_by(connection: Connection, actor: Actor, challenge_id: UUID, now: datetime) -> Challenge:
    """The challenge, for those who run it."""
    return require_running_it(actor, await find_challenge(connection, challenge_id, now))


async def list_panel(connection: Connection, actor: Actor, challenge_id: UUID, now: datetime) -> list[PanelMember]:
    """The members of a panel, for those who run the challenge."""
    await challenge_run_by(connection, actor, challenge_id, now)
    return await queries.list_members(connection, challenge_id)


async def set_panel_member(
    connection: Connection, actor: Actor, challenge_id: UUID, person_id: UUID, input: SetPanelMember, now: datetime
) -> PanelMember:
    """Put somebody on the panel, or change how much they take on."""
    _require_undecided(await challenge_run_by(connection, actor, challenge_id, now))
    candidate = await find_person(connection, person_id)
    if candidate is None or not candidate.active:
        raise NotFound("There is no such person, or they are no longer active.")
    require_reviewer(candidate)
    await queries.set_member(connection, challenge_id, person_id, input.max_reviews, actor.person_id, now)
    await _record(connection, actor, challenge_id, person_id, "panel.set_member", now, max_reviews=input.max_reviews)
    return (await queries.list_members(connection, challenge_id, person_id))[0]


async def remove_panel_member(
    connection: Connection, actor: Actor, challenge_id: UUID, person_id: UUID, now: datetime
) -> None:
    """Take somebody off the panel: reviews they sent stay, others are asked for the rest."""
    _require_undecided(await challenge_run_by(connection, actor, challenge_id, now))
    await assignment_queries.hold_panel(connection, challenge_id)
    if not await queries.remove_member(connection, challenge_id, person_id):
        raise NotFound("This person is not on the panel.")
    replaced = await replace_member(connection, challenge_id, person_id, now)
    await assignment_queries.forget_unstarted(connection, challenge_id, person_id)
    await _record(connection, actor, challenge_id, person_id, "panel.remove_member", now, reviews_released=replaced)


async def read_progress(connection: Connection, actor: Actor, challenge_id: UUID, now: datetime) -> PanelProgress:
    """How far the whole panel is, for those who run the challenge."""
    await challenge_run_by(connection, actor, challenge_id, now)
    return await queries.progress(connection, challenge_id, now)


async def list_progress_by_idea(
    connection: Connection, actor: Actor, challenge_id: UUID, now: datetime, *, after: PageKey | None, limit: int
) -> Page[IdeaProgress]:
    """ "2 of 4 reviewed" for each idea with reviews asked for."""
    await challenge_run_by(connection, actor, challenge_id, now)
    rows = await queries.progress_by_idea(connection, challenge_id, _uuid_key(after), limit + 1)
    return cut_page(rows, limit, lambda row: [str(row.idea_id)])


def _uuid_key(after: PageKey | None) -> UUID | None:
    return None if after is None else UUID(str(after[0]))


def _require_undecided(challenge: Challenge) -> None:
    if challenge.stage in (Stage.DECIDED, Stage.ARCHIVED):
        raise WrongState(
            "The panel of a decided challenge no longer changes.", state=challenge.state, reason="panel-decided"
        )


async def _record(
    connection: Connection,
    actor: Actor,
    challenge_id: UUID,
    person_id: UUID,
    action: str,
    now: datetime,
    **details: object,
) -> None:
    await audit.record(
        connection,
        action=action,
        subject_kind="person",
        subject_id=person_id,
        now=now,
        actor_id=actor.person_id,
        challenge_id=challenge_id,
        details=details,
    )
