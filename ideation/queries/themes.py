"""SQL of themes, of where ideas stand among them, and of the model that places new ones."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from ideation.database import Connection
from ideation.entities.jobs import LONGEST_RUN
from ideation.entities.themes import (
    LARGE_FROM_IDEAS,
    FoundTheme,
    OutsiderOut,
    PlacedIdea,
    StoredThemeModel,
    Themed,
    ThemeOut,
    ThemeProgress,
    ThemeRow,
    TypicalIdea,
)
from ideation.queries import load_statements, row_as, rows_as

_SQL = load_statements("themes")
# Ideas of the same title say nothing twice about their theme: so many are looked through for each one named.
_NEAREST_PER_TYPICAL = 5


async def list_themes(connection: Connection, challenge_id: UUID) -> list[ThemeRow]:
    """The standing themes of a challenge, the oldest first."""
    return rows_as(await connection.fetch(_SQL["list_themes"], challenge_id), ThemeRow)


async def find_model(connection: Connection, challenge_id: UUID, *, hold: bool = False) -> StoredThemeModel | None:
    """What places new ideas; `hold` keeps everybody from changing the themes until the commit."""
    row = await connection.fetchrow(_SQL["hold_model" if hold else "find_model"], challenge_id)
    return None if row is None else row_as(row, StoredThemeModel)


async def hold_themes(connection: Connection, challenge_id: UUID) -> None:
    """Be the only one who changes the themes of a challenge until the commit."""
    await connection.execute(_SQL["hold_themes"], challenge_id)


async def store_model(connection: Connection, challenge_id: UUID, model: StoredThemeModel) -> None:
    """Keep the model of a run under the next version."""
    await connection.execute(
        _SQL["store_model"],
        challenge_id,
        model.encoder,
        model.model,
        model.theme_ids,
        model.fitted_ideas,
        model.computed_at,
    )


async def store_themes(connection: Connection, challenge_id: UUID, themes: Iterable[FoundTheme], now: datetime) -> None:
    """Keep the themes of a run, the wider ones first; those it does not continue end, unless people keep them."""
    stored = sorted(themes, key=lambda theme: theme.parent_id is not None)
    await connection.executemany(
        _SQL["store_theme"],
        [(theme.id, challenge_id, theme.parent_id, theme.label, theme.terms, now) for theme in stored],
    )
    ids = [theme.id for theme in stored]
    await connection.execute(_SQL["retire_themes"], challenge_id, ids, now)
    await connection.execute(_SQL["free_kept_themes"], challenge_id, ids)


async def store_placements(
    connection: Connection, challenge_id: UUID, placed: Sequence[PlacedIdea], now: datetime
) -> None:
    """Keep where ideas stand."""
    columns = ("idea_id", "theme_id", "typicality", "novelty", "x", "y")
    values = [[getattr(idea, column) for idea in placed] for column in columns]
    await connection.execute(_SQL["store_placements"], challenge_id, *values, now)


async def read_progress(connection: Connection, challenge_id: UUID, now: datetime) -> ThemeProgress:
    """How much of a challenge changed since the last good run of its themes."""
    row = await connection.fetchrow(_SQL["progress"], challenge_id, now - LONGEST_RUN, LARGE_FROM_IDEAS, now)
    return row_as(row, ThemeProgress)


async def list_shown(connection: Connection, challenge_id: UUID, typical: int) -> list[ThemeOut]:
    """The standing themes of a challenge as people see them, the largest first."""
    ideas: dict[UUID, list[TypicalIdea]] = {}
    for row in await connection.fetch(_SQL["list_typical"], challenge_id, _NEAREST_PER_TYPICAL * typical):
        chosen = ideas.setdefault(row["theme_id"], [])
        if len(chosen) < typical and row["title"] not in [idea.title for idea in chosen]:
            chosen.append(TypicalIdea(idea_id=row["idea_id"], title=row["title"]))
    rows = await connection.fetch(_SQL["list_shown"], challenge_id)
    return [
        ThemeOut(
            id=row["id"],
            parent_id=row["parent_id"],
            name=row["name"] or row["label"],
            label=row["label"],
            renamed=row["name"] is not None,
            pinned=row["pinned"],
            terms=row["terms"],
            idea_count=row["idea_count"],
            typical_ideas=ideas.get(row["id"], []),
        )
        for row in rows
    ]


async def list_outsiders(
    connection: Connection, challenge_id: UUID, *, after: tuple[float, UUID] | None, limit: int
) -> list[OutsiderOut]:
    """Ideas that fit no theme, the most novel first."""
    novelty, idea_id = after or (None, None)
    rows = await connection.fetch(_SQL["list_outsiders"], challenge_id, novelty, idea_id, limit)
    return rows_as(rows, OutsiderOut)


async def find_theme(connection: Connection, theme_id: UUID) -> Themed | None:
    """One standing theme."""
    row = await connection.fetchrow(_SQL["find_theme"], theme_id)
    return None if row is None else row_as(row, Themed)


async def edit_theme(connection: Connection, theme_id: UUID, name: str | None, pinned: bool, now: datetime) -> None:
    """Keep what people say of a theme."""
    await connection.execute(_SQL["edit_theme"], theme_id, name, pinned, now)


async def join_themes(
    connection: Connection, challenge_id: UUID, ended: Sequence[UUID], into_id: UUID, now: datetime
) -> None:
    """Some themes become part of another, which keeps all their ideas until people say otherwise."""
    await connection.execute(_SQL["move_ideas"], ended, into_id, None)
    await connection.execute(_SQL["move_children"], ended, into_id)
    await connection.execute(_SQL["end_themes"], ended, now)
    await connection.execute(_SQL["pin_narrow"], into_id, now)
    await connection.execute(_SQL["follow_join"], challenge_id, ended, into_id)


async def split_theme(connection: Connection, theme: Themed, new: Themed, ideas: Sequence[UUID], now: datetime) -> None:
    """Some ideas of a theme become a theme of their own, which stays until people end it."""
    await connection.execute(
        _SQL["add_theme"], new.id, new.challenge_id, new.parent_id, new.label, new.name, new.terms, now
    )
    await connection.execute(_SQL["move_ideas"], [theme.id], new.id, ideas)
    await connection.execute(_SQL["follow_join"], theme.challenge_id, [], new.id)


async def count_of_theme(connection: Connection, theme_id: UUID, ideas: Sequence[UUID]) -> tuple[int, int]:
    """How many of these ideas are in the theme, and how many it has."""
    row = await connection.fetchrow(_SQL["count_of_theme"], theme_id, ideas)
    assert row is not None
    return row["given"], row["held"]


async def set_stop_words(connection: Connection, challenge_id: UUID, words: Sequence[str], now: datetime) -> None:
    """Keep the words that say nothing in a challenge."""
    await connection.execute(_SQL["set_stop_words"], challenge_id, words, now)
