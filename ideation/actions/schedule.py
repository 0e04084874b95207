"""What the schedule starts. Every entry may run late, twice, or in two places at once; none decides what is open."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from ideation.actions.personal_data import forget_ended
from ideation.database import Connection
from ideation.queries import closing as closing_queries
from ideation.queries import schedule as schedule_queries
from ideation.queries import themes as theme_queries
from ideation.rules.themes import is_overdue, refresh_due_at
from ideation.settings import Settings
from ideation.staging import stage_job
from ideation.text.artefact import encoder_name

Entry = Callable[[Connection, Settings, datetime], Awaitable[None]]


async def run_entry(connection: Connection, settings: Settings, name: str, now: datetime) -> None:
    """Run one entry in a transaction and record that it ended well, for the health page."""
    await schedule_queries.start_entry(connection, name, now)
    async with connection.transaction():
        await ENTRIES[name](connection, settings, now)
        await schedule_queries.finish_entry(connection, name, now)


async def _open(connection: Connection, _settings: Settings, now: datetime) -> None:
    for challenge_id in await closing_queries.list_due_to_open(connection, now):
        await stage_job(connection, "open_challenge", challenge_id, now)


async def _close(connection: Connection, _settings: Settings, now: datetime) -> None:
    for challenge_id in await closing_queries.list_due_to_close(connection, now):
        await stage_job(connection, "close_challenge", challenge_id, now)


async def _rank(connection: Connection, _settings: Settings, now: datetime) -> None:
    for challenge_id in await schedule_queries.list_to_rank(connection, now):
        await stage_job(connection, "rank_challenge", challenge_id, now, queue="analysis")


async def _recluster(connection: Connection, _settings: Settings, now: datetime) -> None:
    for challenge_id in await schedule_queries.list_to_recluster(connection, now):
        progress = await theme_queries.read_progress(connection, challenge_id, now)
        due_at = now if is_overdue(progress, now) else refresh_due_at(progress, now)
        if due_at is not None:
            await stage_job(connection, "refresh_themes", challenge_id, now, queue="analysis", not_before=due_at)


async def _encode(connection: Connection, _settings: Settings, now: datetime) -> None:
    for challenge_id in await schedule_queries.list_to_encode(connection, encoder_name(), now):
        await stage_job(connection, "encode_ideas", challenge_id, now, queue="large")


async def _remind(connection: Connection, settings: Settings, now: datetime) -> None:
    await schedule_queries.remind(connection, now, settings.reminder_days_before)


async def _sweep(connection: Connection, settings: Settings, now: datetime) -> None:
    await schedule_queries.sweep(connection, now, settings.job_retention_days)
    await forget_ended(connection, now - timedelta(days=settings.retention_days))


ENTRIES: Mapping[str, Entry] = {
    "open_challenges": _open,
    "close_challenges": _close,
    "rank_changed": _rank,
    "recluster_changed": _recluster,
    "encode_outdated": _encode,
    "remind": _remind,
    "sweep": _sweep,
}
