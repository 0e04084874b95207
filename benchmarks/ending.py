"""A benchmark that is asked to end takes along what it started, be it asked by Ctrl-C or by SIGTERM."""

import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def orderly_end() -> Iterator[None]:
    """Within the block a signal to end leaves it as an error does, so that every `finally` inside runs; once."""
    before = {number: signal.signal(number, _leave) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run_to_end(command: Sequence[str]) -> int:
    """The exit code of a program; when this process is to end, the program is asked to end and waited for first."""
    with orderly_end(), subprocess.Popen(command) as process:
        try:
            return process.wait()
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()


def _leave(number: int, _frame: FrameType | None) -> None:
    # A second signal must not cut short what the first has begun to end.
    for each in _SIGNALS:
        signal.signal(each, _stay)
    raise SystemExit(128 + number)


def _stay(_number: int, _frame: FrameType | None) -> None:
    return
