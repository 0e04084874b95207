"""When a job is tried again, and who may see jobs."""

from datetime import timedelta

_LONGEST_PAUSE_SECONDS = 300


def retry_pause(attempts: int) -> timedelta:
    """The pause before the next attempt: 1, 2, 4, 8 … seconds after the first, second … one, at most five minutes."""
    return timedelta(seconds=min(2 ** max(attempts - 1, 0), _LONGEST_PAUSE_SECONDS))
