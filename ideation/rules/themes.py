"""When the themes of a challenge are worth finding anew."""

from datetime import datetime, timedelta

from ideation.entities.themes import LARGE_FROM_IDEAS, ThemeProgress

FEWEST_IDEAS = 5
MOST_WAITING = 20
MOST_WAITING_SHARE = 0.01
LARGEST_SHARE_WAITING = 0.05
# Once the ideas have grown by half, the number of themes is looked for again.
GROWTH_FOR_NEW_COUNT = 1.5

_SHORTEST_PAUSE = timedelta(seconds=30)
# A worker spends at most a fifth of its time on one challenge that keeps changing.
_PAUSE_FOR_SECOND_OF_WORK = 4
# A few changes are followed after a quarter of an hour, in a large challenge for at most a hundredth of the time.
_LONGER_PAUSE = timedelta(minutes=15)
_LONGER_PAUSE_FOR_SECOND_OF_WORK = 100


def refresh_due_at(progress: ThemeProgress, now: datetime) -> datetime | None:
    """When the next run should start; None while too little changed.

    The first comes with the fifth idea, later ones when more than 5 % of the ideas are new or changed or, beyond 400
    ideas, 20 or 1 %, whichever is more; a busy challenge is refreshed at most every 30 seconds, a large one less often.
    None also while a run is under way, which asks again when it ends.
    """
    if progress.under_way:
        return None
    if progress.last_finished_at is None or progress.last_ideas is None:
        return now if progress.ideas >= FEWEST_IDEAS else None
    enough = max(MOST_WAITING, MOST_WAITING_SHARE * progress.last_ideas)
    if progress.changed < enough and progress.changed <= LARGEST_SHARE_WAITING * progress.last_ideas:
        return None
    return max(now, progress.last_finished_at + shortest_pause(progress.last_seconds or 0.0))


def shortest_pause(seconds_of_work: float) -> timedelta:
    """How long a challenge waits after a run of that length, whatever changes."""
    return max(_SHORTEST_PAUSE, _PAUSE_FOR_SECOND_OF_WORK * timedelta(seconds=seconds_of_work))


def is_overdue(progress: ThemeProgress, now: datetime) -> bool:
    """Whether even a few changes should be followed by now: new, edited, merged, hidden or shown again."""
    if progress.under_way:
        return False
    if progress.last_finished_at is None:
        return True
    work = timedelta(seconds=progress.last_seconds or 0.0)
    return now >= progress.last_finished_at + max(_LONGER_PAUSE, _LONGER_PAUSE_FOR_SECOND_OF_WORK * work)


def is_large(ideas: int) -> bool:
    """Whether the whole analysis of so many ideas goes to the lane for large challenges."""
    return ideas >= LARGE_FROM_IDEAS


def looks_for_count(ideas: int, fitted_ideas: int | None) -> bool:
    """Whether the number of themes is found anew, rather than kept."""
    return fitted_ideas is None or ideas >= GROWTH_FOR_NEW_COUNT * fitted_ideas or 2 * ideas <= fitted_ideas
