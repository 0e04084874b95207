"""Themes as people see and shape them; what people decide survives every run."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import UNSET
from msgspec.structs import replace

from ideation.actions.challenges import find_visible_challenge, refuse_missing
from ideation.database import Connection
from ideation.entities.challenges import Challenge
from ideation.entities.people import Actor
from ideation.entities.themes import (
    OutsiderOut,
    SplitOut,
    StopWords,
    StopWordsOut,
    Themed,
    ThemeEdit,
    ThemeJoin,
    ThemeOut,
    ThemeSplit,
)
from ideation.errors import Invalid, NotFound
from ideation.ids import new_id
from ideation.paging import Page, PageKey, cut_page
from ideation.queries import audit
from ideation.queries import themes as queries
from ideation.rules.challenges import require_unarchived
from ideation.rules.moderation import require_moderating
from ideation.staging import stage_job

_TYPICAL = 3


async def list_themes(connection: Connection, actor: Actor, challenge_id: UUID, now: datetime) -> list[ThemeOut]:
    """The themes of a challenge, the largest first; empty until the first run."""
    await find_visible_challenge(connection, actor, challenge_id, now)
    return await queries.list_shown(connection, challenge_id, _TYPICAL)


async def list_outsiders(
    connection: Connection, actor: Actor, challenge_id: UUID, *, now: datetime, limit: int, after: PageKey | None
) -> Page[OutsiderOut]:
    """Ideas that fit no theme, the most novel first."""
    await find_visible_challenge(connection, actor, challenge_id, now)
    key = None if after is None else (float(str(after[0])), UUID(str(after[1])))
    rows = await queries.list_outsiders(connection, challenge_id, after=key, limit=limit + 1)
    return cut_page(rows, limit, lambda row: [repr(row.novelty), str(row.idea_id)])


async def edit_theme(connection: Connection, actor: Actor, theme_id: UUID, edit: ThemeEdit, now: datetime) -> ThemeOut:
    """Name a theme or pin it; either keeps it through every run."""
    theme, challenge = await _find(connection, actor, theme_id, now)
    name = theme.name if edit.name is UNSET else edit.name
    pinned = theme.pinned if edit.pinned is UNSET else edit.pinned
    await queries.edit_theme(connection, theme_id, name, pinned, now)
    await _record(connection, actor, challenge, "theme.edited", theme_id, now, {"name": name, "pinned": pinned})
    return await _read(connection, challenge.id, theme_id)


async def join_themes(
    connection: Connection, actor: Actor, challenge_id: UUID, join: ThemeJoin, now: datetime
) -> ThemeOut:
    """Let themes become part of another one of the same level."""
    challenge = await find_visible_challenge(connection, actor, challenge_id, now)
    require_moderating(actor, challenge, own=False)
    require_unarchived(challenge)
    await queries.hold_themes(connection, challenge_id)
    into = await _require_of(connection, challenge_id, join.into_id)
    ended = [await _require_of(connection, challenge_id, theme_id) for theme_id in join.theme_ids]
    parents = {theme.parent_id for theme in await queries.list_themes(connection, challenge_id)}
    if into.id in join.theme_ids or any((theme.id in parents) != (into.id in parents) for theme in ended):
        raise Invalid(
            "Join a theme with others, and wider themes only with wider ones.", field="theme_ids", reason="theme-join"
        )
    await queries.join_themes(connection, challenge_id, join.theme_ids, into.id, now)
    details = {"joined": [theme.name or theme.label for theme in ended], "ids": [str(theme.id) for theme in ended]}
    await _record(connection, actor, challenge, "theme.joined", into.id, now, details)
    await stage_job(connection, "refresh_themes", challenge_id, now, queue="analysis")
    return await _read(connection, challenge_id, into.id)


async def split_theme(
    connection: Connection, actor: Actor, theme_id: UUID, split: ThemeSplit, now: datetime
) -> SplitOut:
    """Make some ideas of a theme a theme of their own; without ideas the worker divides it in two."""
    theme, challenge = await _find(connection, actor, theme_id, now)
    await queries.hold_themes(connection, challenge.id)
    if split.idea_ids is None:
        arguments: dict[str, object] = {"name": split.name}
        await stage_job(connection, "split_theme", theme_id, now, arguments=arguments, queue="analysis")
        await _record(connection, actor, challenge, "theme.split", theme_id, now, {"by": "worker"})
        return SplitOut(theme_id=None, staged=True)
    given, held = await queries.count_of_theme(connection, theme_id, split.idea_ids)
    if given != len(set(split.idea_ids)) or not 0 < given < held:
        raise Invalid("Name some, not all, of the ideas of this theme.", field="idea_ids", reason="theme-split-some")
    new = replace(theme, id=new_id(), name=split.name, pinned=True)
    await queries.split_theme(connection, theme, new, split.idea_ids, now)
    await _record(connection, actor, challenge, "theme.split", theme_id, now, {"new": str(new.id), "ideas": given})
    await stage_job(connection, "refresh_themes", challenge.id, now, queue="analysis")
    return SplitOut(theme_id=new.id, staged=False)


async def set_stop_words(
    connection: Connection, actor: Actor, challenge_id: UUID, words: StopWords, now: datetime
) -> StopWordsOut:
    """Replace the words that say nothing in this challenge; pairs and labels follow in the next run."""
    challenge = await find_visible_challenge(connection, actor, challenge_id, now)
    require_moderating(actor, challenge, own=False)
    require_unarchived(challenge)
    kept = list(dict.fromkeys(word.lower() for word in words.words))
    if kept != challenge.stop_words:
        await queries.set_stop_words(connection, challenge_id, kept, now)
        details = {"before": challenge.stop_words, "after": kept}
        await _record(connection, actor, challenge, "challenge.stop_words", challenge_id, now, details)
        await stage_job(connection, "refresh_themes", challenge_id, now, queue="analysis")
    return StopWordsOut(words=kept)


async def _find(connection: Connection, actor: Actor, theme_id: UUID, now: datetime) -> tuple[Themed, Challenge]:
    theme = await queries.find_theme(connection, theme_id)
    if theme is None:
        await refuse_missing(connection, actor, theme_id, now, asked_for="theme")
    challenge = await find_visible_challenge(connection, actor, theme.challenge_id, now, asked_for="theme")
    require_moderating(actor, challenge, own=False)
    require_unarchived(challenge)
    return theme, challenge


async def _require_of(connection: Connection, challenge_id: UUID, theme_id: UUID) -> Themed:
    theme = await queries.find_theme(connection, theme_id)
    if theme is None or theme.challenge_id != challenge_id:
        raise NotFound("There is no such theme in this challenge.")
    return theme


async def _read(connection: Connection, challenge_id: UUID, theme_id: UUID) -> ThemeOut:
    for theme in await queries.list_shown(connection, challenge_id, _TYPICAL):
        if theme.id == theme_id:
            return theme
    raise NotFound("There is no such theme.")


async def _record(
    connection: Connection,
    actor: Actor,
    challenge: Challenge,
    action: str,
    subject_id: UUID,
    now: datetime,
    details: dict[str, Any],
) -> None:
    await audit.record(
        connection,
        action=action,
        subject_kind=action.partition(".")[0],
        subject_id=subject_id,
        challenge_id=challenge.id,
        actor_id=actor.person_id,
        now=now,
        details=details,
    )
