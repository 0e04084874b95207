"""SQL of themes, of where ideas stand among them, and of the model that places new ones."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from ideation.database import Connection
from ideation.entities.themes import FoundTheme, PlacedIdea, StoredThemeModel, ThemeProgress, ThemeRow
from ideation.queries import load_statements

_SQL = load_statements("themes")


async def list_themes(connection: Connection, challenge_id: UUID) -> list[ThemeRow]:
    """The standing themes of a challenge, the oldest first."""
    return msgspec.convert(await connection.fetch(_SQL["list_themes"], challenge_id), list[ThemeRow])


async def find_model(connection: Connection, challenge_id: UUID, *, hold: bool = False) -> StoredThemeModel | None:
    """What places new ideas; `hold` keeps everybody from changing the themes until the commit."""
    row = await connection.fetchrow(_SQL["hold_model" if hold else "find_model"], challenge_id)
    return None if row is None else msgspec.convert(row, StoredThemeModel)


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


async def read_progress(connection: Connection, challenge_id: UUID) -> ThemeProgress:
    """How much of a challenge changed since the last good run of its themes."""
    return msgspec.convert(await connection.fetchrow(_SQL["progress"], challenge_id), ThemeProgress)
