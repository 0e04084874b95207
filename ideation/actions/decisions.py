"""Deciding ideas, answering their authors, and deciding a challenge as a whole."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from ideation.actions.challenges import find_visible_challenge
from ideation.actions.closing import freeze
from ideation.actions.notifications import notify_all
from ideation.actions.panel_rankings import refuse_open_reviews
from ideation.actions.panels import challenge_run_by
from ideation.database import Connection
from ideation.entities.challenges import DECIDED_CHALLENGE_STATES, Challenge, ChallengeState, Stage
from ideation.entities.decisions import (
    AnswerSummary,
    Decide,
    DecideChallenge,
    DecidedChallenge,
    Decision,
    IdeaToDecide,
    Outcome,
    OwedAnswer,
    Recipient,
    Result,
)
from ideation.entities.people import Actor
from ideation.errors import NotFound, PreconditionFailed
from ideation.paging import Page, PageKey, cut_page
from ideation.queries import audit
from ideation.queries import decisions as queries
from ideation.queries.challenges import find_challenge, lock_challenge
from ideation.queries.ideas import find_idea, is_author
from ideation.rules.challenges import require_running_it, runs_challenge
from ideation.rules.decisions import (
    message_for,
    people_by_idea,
    require_closable,
    require_decidable,
    require_not_own,
    require_owed_named,
    require_possible,
    require_sound,
)
from ideation.rules.ideas import require_visible_idea
from ideation.staging import stage_job


async def decide(
    connection: Connection, actor: Actor, challenge_id: UUID, input: Decide, now: datetime
) -> list[Decision]:
    """Decide one idea or a group with one reason; all authors and agreed co-authors are told."""
    challenge = await challenge_run_by(connection, actor, challenge_id, now)
    require_decidable(challenge)
    await refuse_open_reviews(connection, actor, challenge, now)
    require_sound(input)
    ideas = await queries.hold_ideas(connection, challenge_id, input.idea_ids)
    require_possible(input, ideas)
    recipients = await queries.list_recipients(connection, input.idea_ids)
    require_not_own(actor.person_id, ideas, recipients)
    decisions = await queries.add_decisions(connection, challenge_id, input, actor.person_id, now)
    await _tell_authors(connection, challenge, input, ideas, recipients, decisions, now)
    for decision in decisions:
        await _record(connection, actor, challenge_id, decision, now)
    return decisions


async def decide_challenge(
    connection: Connection, actor: Actor, challenge_id: UUID, input: DecideChallenge, version: int, now: datetime
) -> DecidedChallenge:
    """Close the books: results become visible to the audience, and everybody who took part is told."""
    challenge = require_running_it(actor, await lock_challenge(connection, challenge_id, now))
    require_closable(challenge)
    answers = await queries.summarise_answers(connection, challenge_id, now)
    require_owed_named(answers.owed, input.answers_owed)
    # The schedule may be late, and it passes over what is decided: the closing ranking must be made all the same.
    await freeze(connection, challenge_id, now, endless=True)
    new_version = await queries.decide_challenge(connection, challenge_id, version, now)
    if new_version is None:
        raise PreconditionFailed(current_version=challenge.version)
    await audit.record(
        connection,
        action="challenge.decide",
        subject_kind="challenge",
        subject_id=challenge_id,
        now=now,
        actor_id=actor.person_id,
        challenge_id=challenge_id,
        details=msgspec.to_builtins(answers),
    )
    await stage_job(connection, "publish_results", challenge_id, now)
    return DecidedChallenge(
        id=challenge_id, state=ChallengeState.DECIDED, decided_at=now, answers=answers, version=new_version
    )


async def publish_results(connection: Connection, challenge_id: UUID, now: datetime) -> int:
    """Tell everybody who took part that the results are out, once; returns how many were told."""
    challenge = await find_challenge(connection, challenge_id, now)
    if challenge is None or challenge.stage is not Stage.DECIDED or challenge.decided_at is None:
        return 0
    return await notify_all(
        connection,
        await queries.list_participants(connection, challenge_id),
        "results",
        f"The results of “{challenge.question}” are out.",
        f"results:{challenge_id}:{challenge.decided_at.isoformat()}",
        now=now,
        challenge_id=challenge_id,
    )


async def list_decisions(connection: Connection, actor: Actor, idea_id: UUID, now: datetime) -> list[Decision]:
    """What was decided about an idea, for its authors and those who run the challenge; for all once it is decided."""
    idea = await find_idea(connection, idea_id)
    visible = await find_visible_challenge(
        connection, actor, idea_id if idea is None else idea.challenge_id, now, asked_for="idea"
    )
    author = await is_author(connection, idea_id, actor.person_id)
    require_visible_idea(actor, visible, idea, author=author)
    decisions = await queries.list_of_idea(connection, idea_id)
    if not author and not runs_challenge(actor, visible) and not _is_decided(visible):
        return []
    return decisions


async def find_own(connection: Connection, actor: Actor, idea_ids: Sequence[UUID]) -> set[UUID]:
    """Which of these ideas somebody else has to decide, because this person had a hand in them."""
    recipients = await queries.list_recipients(connection, idea_ids)
    return {one.idea_id for one in recipients if one.person_id == actor.person_id}


async def find_standing(
    connection: Connection, actor: Actor, challenge_id: UUID, idea_ids: Sequence[UUID], now: datetime
) -> dict[UUID, Decision]:
    """The latest decision of each of some ideas, for those who run the challenge; for all once it is decided."""
    challenge = await find_visible_challenge(connection, actor, challenge_id, now)
    if not runs_challenge(actor, challenge) and not _is_decided(challenge):
        return {}
    return {decision.idea_id: decision for decision in await queries.list_standing(connection, challenge_id, idea_ids)}


async def list_results(
    connection: Connection,
    actor: Actor,
    challenge_id: UUID,
    now: datetime,
    *,
    outcome: Outcome | None,
    after: PageKey | None,
    limit: int,
) -> Page[Result]:
    """The standing decisions, for everybody in the audience once the challenge is decided."""
    visible = await find_visible_challenge(connection, actor, challenge_id, now)
    if not _is_decided(visible) and not runs_challenge(actor, visible):
        raise NotFound("The results are shown once the challenge is decided.")
    key = None if after is None else UUID(str(after[0]))
    rows = await queries.list_results(connection, challenge_id, outcome, key, limit + 1)
    return cut_page(rows, limit, lambda row: [str(row.idea_id)])


async def read_answers(connection: Connection, actor: Actor, challenge_id: UUID, now: datetime) -> AnswerSummary:
    """Answer rate and median time to answer, for everybody who may see the challenge."""
    await find_visible_challenge(connection, actor, challenge_id, now)
    return await queries.summarise_answers(connection, challenge_id, now)


async def list_owed(
    connection: Connection,
    actor: Actor,
    challenge_id: UUID,
    now: datetime,
    *,
    after: PageKey | None,
    limit: int,
    theme_id: UUID | None = None,
) -> Page[OwedAnswer]:
    """Ideas whose authors wait for an answer, the longest waiting first."""
    await challenge_run_by(connection, actor, challenge_id, now)
    key = None if after is None else (datetime.fromisoformat(str(after[0])), UUID(str(after[1])))
    rows = await queries.list_owed(connection, challenge_id, now, key, limit + 1, theme_id)
    return cut_page(rows, limit, lambda row: [row.submitted_at.isoformat(), str(row.idea_id)])


async def _tell_authors(
    connection: Connection,
    challenge: Challenge,
    input: Decide,
    ideas: Sequence[IdeaToDecide],
    recipients: Sequence[Recipient],
    decisions: Sequence[Decision],
    now: datetime,
) -> None:
    people = people_by_idea([(one.idea_id, one.person_id) for one in recipients])
    titles = {idea.id: idea.title for idea in ideas}
    for decision in decisions:
        await notify_all(
            connection,
            people.get(decision.idea_id, []),
            "decision",
            message_for(titles[decision.idea_id], input),
            f"decision:{decision.id}",
            now=now,
            challenge_id=challenge.id,
            idea_id=decision.idea_id,
        )


async def _record(connection: Connection, actor: Actor, challenge_id: UUID, decision: Decision, now: datetime) -> None:
    await audit.record(
        connection,
        action="idea.decide",
        subject_kind="idea",
        subject_id=decision.idea_id,
        now=now,
        actor_id=actor.person_id,
        challenge_id=challenge_id,
        details={"outcome": decision.outcome, "reason": decision.reason, "decision_id": str(decision.id)},
    )


def _is_decided(challenge: Challenge) -> bool:
    return challenge.state in DECIDED_CHALLENGE_STATES
