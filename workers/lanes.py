"""Worker processes: one lane a process, and a parent that keeps them alive.

The quick lane serves only the default queue, so that a large challenge under analysis never keeps the closing or the
duplicates of another one waiting; `worker_count` heavy lanes serve the analysis queue and help out on the other. The
large lane analyses challenges of thousands of ideas, for minutes, with the processor time that few others want. The
lanes that serve the default queue load everything that new ideas need before they take a job.
Jobs run inside the lane's process (RQ's SimpleWorker): a fork for each would start without scikit-learn's modules and
pay 1.2 s for them again. A lane that dies is replaced, and the drain hands its job over again.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from types import FrameType

import structlog
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker

from ideation.settings import Settings
from workers.environment import connect_redis
from workers.queues import HEAVY, LARGE, QUICK

LANES = {"quick": (QUICK,), "heavy": (HEAVY, QUICK), "large": (LARGE,)}
# Jobs leave the processor to requests, analyses to the jobs that somebody waits for. On a busy machine of two
# processors even a quick lane of the API's own priority would cost the API a third of its time.
NICENESS = {"quick": 5, "heavy": 15, "large": 19}
# A process that has done this many jobs makes room for a fresh one.
JOBS_BEFORE_RENEWAL = 2000
_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 5.0
_HEALTHY_SECONDS = 30.0
_PARENT_CHECK_SECONDS = 1.0

log = structlog.get_logger(__name__)


def serve_lane(settings: Settings, lane: str) -> None:
    """Work on the lane's queues until SIGTERM or Ctrl-C; a job under way ends first."""
    _stop_with_parent()
    _give_way(NICENESS[lane])
    if lane != "large":
        # Imported here: the parent of the lanes needs none of it.
        import_module("workers.warmth").warm_up(settings)
    redis = connect_redis(settings)
    queues = [Queue(name, connection=redis) for name in LANES[lane]]
    try:
        worker = SimpleWorker(queues, connection=redis, log_job_description=False, default_result_ttl=0)
        worker.work(logging_level="WARNING", max_jobs=JOBS_BEFORE_RENEWAL)
    except RedisError as error:
        log.warning("lane_lost_redis", lane=lane, error=str(error))
        raise SystemExit(1) from None


def _give_way(niceness: int) -> None:
    """Lower the priority of this process and of its session: Linux may weigh sessions against each other."""
    os.nice(niceness)
    # Absent on other systems, in some containers, and where the kernel groups nothing.
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text(f"{niceness}\n", encoding="ascii")


def _stop_with_parent() -> None:
    """Stop gracefully when the parent is gone: a killed parent must not leave lanes behind."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_PARENT_CHECK_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


class Lanes:
    """The parent of the lane processes."""

    def __init__(self, settings: Settings) -> None:
        self._names = ["quick", *["heavy"] * settings.worker_count, "large"]
        self._processes: dict[int, subprocess.Popen[bytes]] = {}
        self._started_at: dict[int, float] = {}
        self._pauses: dict[int, float] = {}
        self._stopping = threading.Event()

    def serve(self) -> None:
        """Keep every lane alive until SIGTERM or Ctrl-C, then let each end its job."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._request_stop)
        try:
            while not self._stopping.is_set():
                for place in range(len(self._names)):
                    self._keep_alive(place)
                self._stopping.wait(0.1)
        finally:
            self._end_all()

    def _keep_alive(self, place: int) -> None:
        process = self._processes.get(place)
        if process is not None and process.poll() is None:
            return
        if process is not None and not self._may_restart(place, process):
            return
        self._started_at[place] = time.monotonic()
        # A session of its own: Ctrl-C reaches the parent alone, which asks each lane once.
        self._processes[place] = subprocess.Popen(
            [sys.executable, "-m", "workers", "work", "--lane", self._names[place]], start_new_session=True
        )

    def _may_restart(self, place: int, process: subprocess.Popen[bytes]) -> bool:
        lived = time.monotonic() - self._started_at[place]
        pause = self._pauses.get(place, _FIRST_PAUSE_SECONDS) if lived < _HEALTHY_SECONDS else _FIRST_PAUSE_SECONDS
        if lived < pause:
            return False
        log.warning("lane_restarted", lane=self._names[place], exit_code=process.returncode)
        self._pauses[place] = min(pause * 2, _LONGEST_PAUSE_SECONDS)
        return True

    def _request_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping.set()

    def _end_all(self) -> None:
        for process in self._processes.values():
            if process.poll() is None:
                process.terminate()
        for process in self._processes.values():
            process.wait()
