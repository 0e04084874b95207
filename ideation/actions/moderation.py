"""Moderation: the queue of reports, deciding them, hiding and showing ideas and comments."""

from datetime import datetime
from typing import NoReturn
from uuid import UUID

import msgspec

from ideation.actions.challenges import find_visible_challenge
from ideation.actions.notifications import notify, notify_all
from ideation.database import Connection
from ideation.entities.challenges import Challenge
from ideation.entities.moderation import HiddenItem, Hiding, Outcome, QueuedReport, Resolution
from ideation.entities.people import Actor
from ideation.errors import NotFound, WrongState
from ideation.paging import Page, PageKey, cut_page
from ideation.paging_keys import time_and_id, time_key
from ideation.queries import audit
from ideation.queries import challenges as challenge_queries
from ideation.queries import comments as comment_queries
from ideation.queries import idea_authors as author_queries
from ideation.queries import ideas as idea_queries
from ideation.queries import reports as queries
from ideation.rules.access import require_moderator
from ideation.rules.challenges import require_visible
from ideation.rules.ideas import may_see_idea
from ideation.rules.moderation import require_moderating
from ideation.staging import stage_job


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """The idea or the comment that is moderated, and whose it is."""

    challenge: Challenge
    idea_id: UUID
    comment_id: UUID | None
    author_ids: list[UUID]
    title: str

    @property
    def kind(self) -> str:
        """`idea` or `comment`."""
        return "idea" if self.comment_id is None else "comment"

    @property
    def id(self) -> UUID:
        """The id of the idea or of the comment."""
        return self.comment_id or self.idea_id

    @property
    def words(self) -> str:
        """How a message calls it."""
        return f'idea "{self.title}"' if self.comment_id is None else f'comment on "{self.title}"'


async def list_open_reports(
    connection: Connection,
    actor: Actor,
    *,
    now: datetime,
    limit: int,
    after: PageKey | None = None,
    challenge_id: UUID | None = None,
) -> Page[QueuedReport]:
    """What waits for a moderator, the longest waiting first; those who run a challenge see what concerns it."""
    await _require_queue(connection, actor, challenge_id, now)
    rows = await queries.list_open_reports(
        connection, challenge_id=challenge_id, after=time_and_id(after), limit=limit + 1
    )
    return cut_page(rows, limit, lambda row: time_key(row.created_at, row.id))


async def list_hidden(
    connection: Connection,
    actor: Actor,
    *,
    now: datetime,
    limit: int,
    after: PageKey | None = None,
    challenge_id: UUID | None = None,
) -> Page[HiddenItem]:
    """Ideas and comments hidden at present, the latest first."""
    await _require_queue(connection, actor, challenge_id, now)
    rows = await queries.list_hidden(connection, challenge_id=challenge_id, after=time_and_id(after), limit=limit + 1)
    return cut_page(rows, limit, lambda row: time_key(row.hidden_at, row.comment_id or row.idea_id))


async def _require_queue(connection: Connection, actor: Actor, challenge_id: UUID | None, now: datetime) -> None:
    if challenge_id is None:
        require_moderator(actor)
    else:
        challenge = await find_visible_challenge(connection, actor, challenge_id, now)
        require_moderating(actor, challenge, own=False)


async def resolve_report(
    connection: Connection, actor: Actor, report_id: UUID, resolution: Resolution, now: datetime
) -> None:
    """Decide a report, and with it every open report of the same thing; all who reported it are told."""
    report = await queries.find_report(connection, report_id)
    if report is None:
        await _refuse_missing(connection, actor, report_id, now, asked_for="report")
    subject = await _find_subject(connection, actor, report.about_idea_id, report.comment_id, now, asked_for="report")
    resolved = await queries.resolve_reports(
        connection,
        idea_id=report.idea_id,
        comment_id=report.comment_id,
        outcome=resolution.outcome,
        note=resolution.note,
        moderator_id=actor.person_id,
        now=now,
    )
    if not resolved:
        raise WrongState("This report has been decided already.", outcome=report.outcome, reason="report-decided")
    await _audit(connection, actor, subject, "report.resolved", resolution.outcome, resolution.note, now)
    await _tell_reporters(connection, subject, resolved, resolution, now)
    if resolution.outcome is Outcome.HIDDEN and await _set_hidden(connection, subject, now, now):
        await _tell_authors(connection, subject, "was hidden by a moderator", resolution.note, now)


async def _tell_reporters(
    connection: Connection,
    subject: Subject,
    resolved: list[tuple[UUID, UUID]],
    resolution: Resolution,
    now: datetime,
) -> None:
    word = "has been hidden" if resolution.outcome is Outcome.HIDDEN else "was looked at and stays"
    for report_id, reporter_id in resolved:
        await notify(
            connection,
            reporter_id,
            "report_resolved",
            _with_note(f"The {subject.words} that you reported {word}.", resolution.note),
            f"report_resolved:{report_id}",
            now=now,
            challenge_id=subject.challenge.id,
        )


async def hide_idea(connection: Connection, actor: Actor, idea_id: UUID, hiding: Hiding, now: datetime) -> None:
    """Take an idea out of lists and feeds; it and its votes stay, and it can be shown again."""
    await _hide(connection, actor, await _find_subject(connection, actor, idea_id, None, now), hiding, now)


async def show_idea(connection: Connection, actor: Actor, idea_id: UUID, hiding: Hiding, now: datetime) -> None:
    """Show a hidden idea again."""
    await _show(connection, actor, await _find_subject(connection, actor, idea_id, None, now), hiding, now)


async def hide_comment(connection: Connection, actor: Actor, comment_id: UUID, hiding: Hiding, now: datetime) -> None:
    """Take the text of a comment away from readers; it can be shown again."""
    await _hide(connection, actor, await _find_comment(connection, actor, comment_id, now), hiding, now)


async def show_comment(connection: Connection, actor: Actor, comment_id: UUID, hiding: Hiding, now: datetime) -> None:
    """Show a hidden comment again."""
    await _show(connection, actor, await _find_comment(connection, actor, comment_id, now), hiding, now)


async def _hide(connection: Connection, actor: Actor, subject: Subject, hiding: Hiding, now: datetime) -> None:
    if not await _set_hidden(connection, subject, now, now):
        raise WrongState(f"This {subject.kind} is hidden already.", reason="hidden-already")
    await _audit(connection, actor, subject, f"{subject.kind}.hidden", Outcome.HIDDEN, hiding.reason, now)
    await _tell_authors(connection, subject, "was hidden by a moderator", hiding.reason, now)


async def _show(connection: Connection, actor: Actor, subject: Subject, hiding: Hiding, now: datetime) -> None:
    if not await _set_hidden(connection, subject, None, now):
        raise WrongState(f"This {subject.kind} is not hidden.", reason="not-hidden")
    if subject.comment_id is None:
        await stage_job(connection, "find_duplicates", subject.idea_id, now)
    await _audit(connection, actor, subject, f"{subject.kind}.shown", Outcome.KEPT, hiding.reason, now)
    await _tell_authors(connection, subject, "is shown again", hiding.reason, now)


async def _set_hidden(connection: Connection, subject: Subject, hidden_at: datetime | None, now: datetime) -> bool:
    if subject.comment_id is None:
        return await idea_queries.set_hidden(connection, subject.idea_id, hidden_at, now)
    return await comment_queries.set_hidden(connection, subject.comment_id, hidden_at)


async def _find_comment(connection: Connection, actor: Actor, comment_id: UUID, now: datetime) -> Subject:
    comment = await comment_queries.find_comment(connection, comment_id)
    if comment is None or comment.deleted_at is not None:
        await _refuse_missing(connection, actor, comment_id, now, asked_for="comment")
    return await _find_subject(connection, actor, comment.idea_id, comment_id, now, asked_for="comment")


async def _find_subject(
    connection: Connection,
    actor: Actor,
    idea_id: UUID,
    comment_id: UUID | None,
    now: datetime,
    *,
    asked_for: str = "idea",
) -> Subject:
    """What is to be moderated, for somebody who may: hidden and withdrawn things too, drafts never."""
    idea = await idea_queries.find_idea(connection, idea_id)
    found = await challenge_queries.find_challenge(connection, idea_id if idea is None else idea.challenge_id, now)
    author_ids = await _author_ids(connection, idea_id, comment_id)
    challenge = require_visible(actor, found, asked_for=asked_for)
    own = actor.person_id in author_ids
    author = own or (idea is not None and idea.author_id == actor.person_id)
    if idea is None or idea.submitted_at is None or not may_see_idea(actor, challenge, idea, author=author):
        raise NotFound(f"There is no such {asked_for}, or it is not open to you.")
    require_moderating(actor, challenge, own=own)
    return Subject(challenge=challenge, idea_id=idea_id, comment_id=comment_id, author_ids=author_ids, title=idea.title)


async def _refuse_missing(
    connection: Connection, actor: Actor, missing_id: UUID, now: datetime, *, asked_for: str
) -> NoReturn:
    """NotFound for something about an idea that is not there, in the words and statements of one that is hidden."""
    await _find_subject(connection, actor, missing_id, None, now, asked_for=asked_for)
    raise NotFound(f"There is no such {asked_for}, or it is not open to you.")


async def _author_ids(connection: Connection, idea_id: UUID, comment_id: UUID | None) -> list[UUID]:
    if comment_id is None:
        return await author_queries.author_ids(connection, idea_id)
    comment = await comment_queries.find_comment(connection, comment_id)
    return [] if comment is None else [comment.author_id]


async def _audit(
    connection: Connection, actor: Actor, subject: Subject, action: str, outcome: Outcome, reason: str, now: datetime
) -> None:
    await audit.record(
        connection,
        action=action,
        subject_kind=subject.kind,
        subject_id=subject.id,
        challenge_id=subject.challenge.id,
        actor_id=actor.person_id,
        now=now,
        details={"outcome": outcome, "reason": reason},
    )


async def _tell_authors(connection: Connection, subject: Subject, what: str, reason: str, now: datetime) -> None:
    await notify_all(
        connection,
        subject.author_ids,
        f"{subject.kind}_moderated",
        _with_note(f"Your {subject.words} {what}.", reason),
        f"moderated:{subject.id}:{now.isoformat()}",
        now=now,
        challenge_id=subject.challenge.id,
        idea_id=subject.idea_id,
    )


def _with_note(message: str, note: str) -> str:
    return f"{message} {note}" if note else message
