"""The schedule: RQ's cron starts each entry at its interval; a lane runs it."""

import asyncio
import signal
import time
from types import FrameType

import structlog
from redis.exceptions import RedisError
from rq.cron import CronJob, CronScheduler
from rq.exceptions import StopRequested

from ideation.actions.schedule import run_entry
from ideation.database import open_connection
from ideation.settings import Settings
from workers.environment import connect_redis, current_settings, utc_now
from workers.queues import QUICK
from workers.run import close_quietly

_LONGEST_PAUSE_SECONDS = 5.0
_ENTRY_TIMEOUT_SECONDS = 300

log = structlog.get_logger(__name__)


def intervals_seconds(settings: Settings) -> dict[str, int]:
    """How often each entry runs."""
    return {
        "open_challenges": 5,
        "close_challenges": 5,
        "rank_changed": settings.ranking_interval_seconds,
        "recluster_changed": settings.ranking_interval_seconds * 2,
        "encode_outdated": 60,
        "remind": 3600,
        "sweep": 600,
    }


def run_scheduled(name: str) -> None:
    """Run an entry: what RQ calls. An error shows in the log and in the entry's age; the next interval tries again."""
    try:
        asyncio.run(_run_scheduled(current_settings(), name))
    except Exception:
        log.exception("scheduled_entry_failed", entry=name)


async def _run_scheduled(settings: Settings, name: str) -> None:
    connection = await open_connection(settings.database_url)
    try:
        await run_entry(connection, settings, name, utc_now())
    finally:
        await close_quietly(connection)


class Schedule(CronScheduler):
    """RQ's scheduler, which outlives an outage of Redis instead of ending with it."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(connection=connect_redis(settings, timeout_seconds=5), logging_level="WARNING")
        self._stop_asked = False
        for name, seconds in intervals_seconds(settings).items():
            # An entry still queued when its next turn has come is dropped: lanes that were down owe one run, not many.
            self.register(
                run_scheduled,
                QUICK,
                args=(name,),
                interval=seconds,
                ttl=seconds,
                result_ttl=0,
                failure_ttl=3600,
                job_timeout=_ENTRY_TIMEOUT_SECONDS,
                name=name,
            )

    def enqueue_jobs(self) -> list[CronJob]:
        """Hand over what is due; a clock that was set back does not hold an entry until it has caught up."""
        now = utc_now()
        for entry in self.get_jobs():
            if entry.latest_enqueue_time is not None and entry.latest_enqueue_time > now:
                entry.latest_enqueue_time = entry.next_enqueue_time = None
        handed_over: list[CronJob] = super().enqueue_jobs()
        return handed_over

    def serve(self) -> None:
        """Run until SIGTERM or Ctrl-C."""
        pause = 0.2
        while not self._stop_asked:
            try:
                self.start()  # type: ignore[no-untyped-call]
            except RedisError as error:
                log.warning("schedule_lost_redis", error=str(error), pause_seconds=pause)
                pause = self._wait(pause)

    def _wait(self, seconds: float) -> float:
        try:
            time.sleep(seconds)
        except StopRequested:
            return seconds
        return min(seconds * 2, _LONGEST_PAUSE_SECONDS)

    def _request_stop(self, signum: int, frame: FrameType | None) -> None:
        self._stop_asked = True
        super()._request_stop(signum, frame)  # type: ignore[no-untyped-call]


def serve(settings: Settings) -> None:
    """Run the schedule until SIGTERM or Ctrl-C."""
    schedule = Schedule(settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, schedule._request_stop)
    try:
        schedule.serve()
    except StopRequested:
        log.info("schedule_stopped")
