"""When the themes of a challenge are worth finding anew."""

from datetime import datetime, timedelta

from ideation.entities.themes import ThemeProgress

FEWEST_IDEAS = 5
MOST_WAITING = 20
LARGEST_SHARE_WAITING = 0.05
# Once the ideas have grown by half, the number of themes is looked for again.
GROWTH_FOR_NEW_COUNT = 1.5

_SHORTEST_PAUSE = timedelta(seconds=30)
# A worker spends at most a fifth of its time on one challenge that keeps changing.
_PAUSE_FOR_SECOND_OF_WORK = 4


def refresh_due_at(progress: ThemeProgress, now: datetime) -> datetime | None:
    """When the next run should start; None while too little changed.

    The first comes with the fifth idea, later ones when more than 5 % or 20 ideas are new or changed; a busy challenge
    is refreshed at most every 30 seconds, a large one less often.
    """
    if progress.last_finished_at is None or progress.last_ideas is None:
        return now if progress.ideas >= FEWEST_IDEAS else None
    if progress.changed < MOST_WAITING and progress.changed <= LARGEST_SHARE_WAITING * progress.last_ideas:
        return None
    work = timedelta(seconds=progress.last_seconds or 0.0)
    return max(now, progress.last_finished_at + max(_SHORTEST_PAUSE, _PAUSE_FOR_SECOND_OF_WORK * work))


def looks_for_count(ideas: int, fitted_ideas: int | None) -> bool:
    """Whether the number of themes is found anew, rather than kept."""
    return fitted_ideas is None or ideas >= GROWTH_FOR_NEW_COUNT * fitted_ideas or 2 * ideas <= fitted_ideas
