"""Themes: their names, what people join, split and pin, and the words that say nothing."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post

from api.dependencies import AnyRequest
from api.web.board import likely_progress
from api.web.forms import EMPTY_FORM, Form, read_form
from api.web.views import View
from ideation.actions import challenges, ideas_listing, jobs, themes
from ideation.database import Connection
from ideation.entities.ideas_forms import IdeaFilter, IdeaSort
from ideation.entities.people import Actor
from ideation.entities.themes import StopWords, ThemeEdit, ThemeJoin, ThemeOut, ThemeSplit
from ideation.errors import Forbidden, Invalid, NotFound

_OUTSIDERS = 10
# A larger theme is divided by the worker, or part by part.
_MOST_TICKABLE = 100


@get("/challenges/{challenge_id:uuid}/themes")
async def show(challenge_id: UUID, view: View, connection: Connection, actor: Actor, now: datetime) -> Response[bytes]:
    """The themes with their words and typical ideas."""
    return await _page(view, connection, actor, challenge_id, now)


async def _page(
    view: View, connection: Connection, actor: Actor, challenge_id: UUID, now: datetime, form: Form = EMPTY_FORM
) -> Response[bytes]:
    challenge = await challenges.read_challenge(connection, actor, challenge_id, now)
    outsiders = await themes.list_outsiders(connection, actor, challenge_id, now=now, limit=_OUTSIDERS, after=None)
    return view.page(
        "themes.html",
        status=422 if form.errors else 200,
        challenge=challenge,
        themes=await _listed(view, connection, actor, challenge_id, now),
        outsiders=outsiders.items,
        analysis=await jobs.read_analysis(connection, actor, challenge_id, now) if challenge.may_run else None,
        progress=lambda analysis: likely_progress(analysis, now),
        may_edit=challenge.may_run or "moderator" in actor.roles,
        form=form,
    )


@post("/challenges/{challenge_id:uuid}/themes")
async def edit(
    challenge_id: UUID, request: AnyRequest, view: View, connection: Connection, actor: Actor, now: datetime
) -> Response[bytes]:
    """Names a theme, gives it back its words, pins it, or joins it to another."""
    form = await read_form(request)
    theme_id = form.id("theme_id")
    if form.text("button") == "join":
        join = ThemeJoin(theme_ids=[theme_id], into_id=form.id("into_id"))
        await themes.join_themes(connection, actor, challenge_id, join, now)
    elif form.text("button") == "pin":
        await themes.edit_theme(connection, actor, theme_id, ThemeEdit(pinned=form.text("pinned") == "true"), now)
    else:
        named = form.read(ThemeEdit, {"name": form.text("name").strip() or None})
        if named is None:
            return await _page(view, connection, actor, challenge_id, now, form)
        await themes.edit_theme(connection, actor, theme_id, named, now)
    return view.redirect(f"/challenges/{challenge_id}/themes", "themes_changed")


@post("/challenges/{challenge_id:uuid}/stop-words")
async def set_stop_words(
    challenge_id: UUID, request: AnyRequest, view: View, connection: Connection, actor: Actor, now: datetime
) -> Response[bytes]:
    """Keeps the words that say nothing here; the worker looks at themes and pairs again."""
    form = await read_form(request)
    words = form.read(StopWords, {"words": [word for word in re.split(r"[\s,;]+", form.text("words")) if word]})
    if words is None:
        return await _page(view, connection, actor, challenge_id, now, form)
    await themes.set_stop_words(connection, actor, challenge_id, words, now)
    return view.redirect(f"/challenges/{challenge_id}/themes#stop-words", "themes_changed")


@get("/challenges/{challenge_id:uuid}/themes/{theme_id:uuid}")
async def show_split(
    challenge_id: UUID, theme_id: UUID, view: View, connection: Connection, actor: Actor, now: datetime
) -> Response[bytes]:
    """The ideas of a theme, to tick those that become a theme of their own."""
    return await _split_page(view, connection, actor, challenge_id, theme_id, now)


@post("/challenges/{challenge_id:uuid}/themes/{theme_id:uuid}")
async def split(
    challenge_id: UUID,
    theme_id: UUID,
    request: AnyRequest,
    view: View,
    connection: Connection,
    actor: Actor,
    now: datetime,
) -> Response[bytes]:
    """Makes the ticked ideas a theme, or has the worker divide the theme in two."""
    form = await read_form(request)
    given: dict[str, Any] = {"name": form.text("name").strip() or None}
    if form.text("button") != "worker":
        given["idea_ids"] = form.all("idea") if "idea" in form.values else []
    wanted = form.read(ThemeSplit, given)
    try:
        if wanted is not None:
            await themes.split_theme(connection, actor, theme_id, wanted, now)
    except Invalid as error:
        form.refuse(view, error, "idea_ids")
    if form.errors:
        return await _split_page(view, connection, actor, challenge_id, theme_id, now, form)
    flash = "themes_split_later" if form.text("button") == "worker" else "themes_changed"
    return view.redirect(f"/challenges/{challenge_id}/themes", flash)


async def _split_page(
    view: View,
    connection: Connection,
    actor: Actor,
    challenge_id: UUID,
    theme_id: UUID,
    now: datetime,
    form: Form = EMPTY_FORM,
) -> Response[bytes]:
    challenge = await challenges.read_challenge(connection, actor, challenge_id, now)
    if not challenge.may_run and "moderator" not in actor.roles:
        raise Forbidden(
            "Themes are shaped by those who run this challenge and by moderators.", reason="themes-of-runners"
        )
    found = await ideas_listing.list_ideas(
        connection,
        actor,
        challenge_id,
        now=now,
        limit=_MOST_TICKABLE,
        after=None,
        kept=IdeaFilter(theme_id=theme_id),
        sort=IdeaSort.NEWEST,
    )
    return view.page(
        "theme_split.html",
        status=422 if form.errors else 200,
        challenge=challenge,
        theme=_of(await _listed(view, connection, actor, challenge_id, now), theme_id),
        ideas=found.items,
        form=form,
    )


async def _listed(
    view: View, connection: Connection, actor: Actor, challenge_id: UUID, now: datetime
) -> list[ThemeOut]:
    return await view.figures(
        connection, challenge_id, "themes", lambda: themes.list_themes(connection, actor, challenge_id, now)
    )


def _of(listed: list[ThemeOut], theme_id: UUID) -> ThemeOut:
    theme = next((theme for theme in listed if theme.id == theme_id), None)
    if theme is None:
        raise NotFound("There is no such theme in this challenge.")
    return theme


handlers = [show, edit, set_stop_words, show_split, split]
