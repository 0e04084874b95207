"""Importing a challenge's ideas, votes, comments, reviews and decisions: batch by batch, each batch one transaction.

A line that does not fit is set aside with its reason and loses nothing else. A run that was cut off goes on after the
last line it counted; lines that an earlier run took are recognised and passed over.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ideation.actions.import_lines import (
    Batch,
    Numbered,
    take_comments,
    take_decisions,
    take_ideas,
    take_people,
    take_reviews,
    take_votes,
)
from ideation.database import Connection
from ideation.entities.challenges import Challenge
from ideation.entities.people import Actor
from ideation.entities.transfer import (
    CommentLine,
    DecisionLine,
    IdeaLine,
    ImportOut,
    Line,
    PersonLine,
    Rejection,
    ReviewLine,
    VoteLine,
)
from ideation.errors import ChallengeClosed, Invalid, NotFound, WrongState
from ideation.ids import new_id
from ideation.paging import Page, cut_page
from ideation.queries import audit
from ideation.queries import transfer as queries
from ideation.queries.challenges import find_challenge
from ideation.rules.challenges import require_running_it
from ideation.rules.moments import in_utc
from ideation.staging import stage_job

Format = Literal["jsonl", "csv"]
# A parsed line, or the reason why it could not be parsed.
Parsed = Line | Invalid

_TAKERS: tuple[tuple[type, Callable[[Batch, Sequence[Numbered[Any]]], Awaitable[None]]], ...] = (
    (PersonLine, take_people),
    (IdeaLine, take_ideas),
    (VoteLine, take_votes),
    (CommentLine, take_comments),
    (ReviewLine, take_reviews),
    (DecisionLine, take_decisions),
)


async def start_import(
    connection: Connection, actor: Actor, challenge_id: UUID, format: Format, source_name: str, now: datetime
) -> ImportOut:
    """Open an import into a challenge whose ranking is not frozen; only those who run the challenge may."""
    challenge = require_running_it(actor, await find_challenge(connection, challenge_id, now))
    await _hold_open(connection, challenge)
    started = await queries.add_import(
        connection,
        import_id=new_id(),
        challenge_id=challenge.id,
        format=format,
        source_name=source_name[:200],
        started_by=actor.person_id,
        now=now,
    )
    await audit.record(
        connection,
        action="import.started",
        subject_kind="import",
        subject_id=started.id,
        challenge_id=challenge.id,
        actor_id=actor.person_id,
        now=now,
        details={"format": format, "source_name": started.source_name},
    )
    return started


async def take_batch(
    connection: Connection, actor: Actor, import_id: UUID, lines: Sequence[Numbered[Parsed]], now: datetime
) -> ImportOut:
    """Take the next lines in file order; lines that were counted before are passed over."""
    running, challenge = await _running_import(connection, actor, import_id, now)
    new = [item for item in lines if item.number > running.lines_done]
    if not new:
        return running
    batch = Batch(connection=connection, challenge=challenge, actor=actor, now=now, rejections=[])
    await _take(batch, new)
    if batch.rejections:
        await queries.add_rejections(connection, import_id, batch.rejections)
    rejected = len(batch.rejections)
    return await queries.advance_import(connection, import_id, new[-1].number, len(new) - rejected, rejected)


async def finish_import(connection: Connection, actor: Actor, import_id: UUID, now: datetime) -> ImportOut:
    """The whole file was read: the workers look for duplicates and themes and rank what came in."""
    _, challenge = await _running_import(connection, actor, import_id, now)
    finished = await queries.finish_import(connection, import_id, now)
    await stage_job(connection, "refresh_themes", challenge.id, now, queue="analysis")
    await stage_job(connection, "rank_challenge", challenge.id, now, queue="analysis")
    await stage_job(connection, "rank_panel", challenge.id, now, queue="analysis")
    await audit.record(
        connection,
        action="import.finished",
        subject_kind="import",
        subject_id=import_id,
        challenge_id=challenge.id,
        actor_id=actor.person_id,
        now=now,
        details={"accepted": finished.accepted, "rejected": finished.rejected},
    )
    return finished


async def read_import(connection: Connection, actor: Actor, import_id: UUID, now: datetime) -> ImportOut:
    """How far an import is, for those who run its challenge."""
    found = await queries.find_import(connection, import_id)
    await _challenge_of(connection, actor, import_id, found, now)
    if found is None:
        raise _missing()
    return found


async def list_imports(connection: Connection, actor: Actor, challenge_id: UUID, now: datetime) -> list[ImportOut]:
    """The newest imports of a challenge."""
    challenge = require_running_it(actor, await find_challenge(connection, challenge_id, now))
    return await queries.list_imports(connection, challenge.id)


async def list_rejections(
    connection: Connection, actor: Actor, import_id: UUID, after_line: int, limit: int, now: datetime
) -> Page[Rejection]:
    """The lines that were not taken, in file order."""
    await read_import(connection, actor, import_id, now)
    rows = await queries.list_rejections(connection, import_id, after_line, limit + 1)
    return cut_page(rows, limit, lambda rejection: [rejection.line_number])


async def _take(batch: Batch, lines: Sequence[Numbered[Parsed]]) -> None:
    fit = []
    for item in lines:
        if problem := _problem(item.line, batch.now):
            batch.reject(item.number, problem)
        else:
            fit.append(item)
    for line_type, take in _TAKERS:
        of_this_kind = [item for item in fit if isinstance(item.line, line_type)]
        if of_this_kind:
            await take(batch, of_this_kind)


def _problem(line: Parsed, now: datetime) -> Invalid | None:
    """What is wrong with a line by itself. A moment to come would look new to every ranking until it is there."""
    if isinstance(line, Invalid):
        return line
    moments = {name: getattr(line, name) for name in ("at", "submitted_at") if hasattr(line, name)}
    try:
        moments = in_utc(moments)
    except Invalid as error:
        return error
    for name, moment in moments.items():
        if moment > now:
            return Invalid(f"{name} lies in the future.", reason="line-future", name=name)
    return None


async def _running_import(
    connection: Connection, actor: Actor, import_id: UUID, now: datetime
) -> tuple[ImportOut, Challenge]:
    found = await queries.lock_import(connection, import_id)
    challenge = await _challenge_of(connection, actor, import_id, found, now)
    if found is None:
        raise _missing()
    if found.state != "running":
        raise WrongState("This import is finished; start a new one.", reason="import-finished")
    return found, await _hold_open(connection, challenge)


async def _challenge_of(
    connection: Connection, actor: Actor, import_id: UUID, found: ImportOut | None, now: datetime
) -> Challenge:
    """What is imported into, for those who run it; as much is asked for no import as for one that is hidden."""
    challenge = await find_challenge(connection, import_id if found is None else found.challenge_id, now)
    return require_running_it(actor, challenge, asked_for="import")


def _missing() -> NotFound:
    return NotFound("There is no such import, or it is not open to you.")


async def _hold_open(connection: Connection, challenge: Challenge) -> Challenge:
    if not await queries.hold_open(connection, challenge.id):
        raise ChallengeClosed(
            "The ranking of this challenge is frozen; nothing can be imported into it any more.", reason="import-frozen"
        )
    return challenge
