"""A shortlist under a budget: what ideas would cost, entered in a table, and the method that lays the money out."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post

from api.dependencies import AnyRequest
from api.paging import PageRequest, page_out
from api.web.forms import Form, read_form
from api.web.panel import read_latest
from api.web.views import View
from ideation.actions import challenges, costs, rankings, shortlists
from ideation.database import Connection
from ideation.entities.costs import NewCost, SetCosts
from ideation.entities.people import Actor
from ideation.entities.rankings import RankingEntryOut, RankingFilter
from ideation.entities.shortlists import MakeShortlist, ShortlistMethod
from ideation.errors import Invalid, NotFound, WrongState
from ideation.paging import MAX_LIMIT

_IN_THE_RUNNING = RankingFilter(in_the_running=True)


class _Place(msgspec.Struct, frozen=True, kw_only=True):
    """What the page shows: the ranked ideas of one slice, all costs so far, and the ranking that orders them."""

    ranking_id: UUID | None
    entries: list[RankingEntryOut]
    next_cursor: str | None
    costs: dict[UUID, float]


@get("/challenges/{challenge_id:uuid}/budget")
async def show(
    challenge_id: UUID, view: View, connection: Connection, actor: Actor, now: datetime, page: PageRequest
) -> Response[bytes]:
    """The form, with the costs that are known."""
    place = await _read(connection, actor, challenge_id, now, page)
    return await _page(view, connection, actor, challenge_id, now, place, _filled(place))


@post("/challenges/{challenge_id:uuid}/budget")
async def save(
    challenge_id: UUID,
    request: AnyRequest,
    view: View,
    connection: Connection,
    actor: Actor,
    now: datetime,
    page: PageRequest,
) -> Response[bytes]:
    """Keeps the costs, and makes the shortlist where that was asked for: both or neither."""
    form = await read_form(request)
    # That which the page was made from: by a newer one, what was typed would stand beside other ideas.
    ranking_id = form.id("ranking") if form.text("ranking") else None
    place = await _read(connection, actor, challenge_id, now, page, ranking_id)
    given = _read_costs(form, place)
    wanted = _read_wanted(form) if form.text("button") == "make" else None
    if not form.errors:
        await _save(view, connection, actor, challenge_id, given, wanted, form, now)
    if form.errors:
        return await _page(view, connection, actor, challenge_id, now, place, form)
    if wanted is not None:
        return view.redirect(f"/challenges/{challenge_id}/panel#shortlist", "shortlist_made")
    cursor = place.next_cursor if form.text("button") == "next" else request.query_params.get("cursor")
    return view.redirect(f"{request.url.path}{view.query(cursor=cursor)}", "costs_kept")


async def _save(
    view: View,
    connection: Connection,
    actor: Actor,
    challenge_id: UUID,
    given: list[NewCost],
    wanted: MakeShortlist | None,
    form: Form,
    now: datetime,
) -> None:
    try:
        if given:
            await costs.set_costs(connection, actor, challenge_id, SetCosts(costs=given), now)
        if wanted is not None:
            await shortlists.make_shortlist(connection, actor, challenge_id, wanted, now)
    except (Invalid, WrongState) as error:
        form.refuse(view, error, "method")
    except NotFound as error:
        # The challenge was there for reading, so it is ideas that went away since.
        gone = msgspec.convert(error.extra.get("ideas", []), set[str])
        form.errors |= {f"cost-{row}": "budget.gone" for row in _rows(form) if form.text(f"idea-{row}") in gone}


async def _read(
    connection: Connection,
    actor: Actor,
    challenge_id: UUID,
    now: datetime,
    page: PageRequest,
    ranking_id: UUID | None = None,
) -> _Place:
    known = {cost.idea_id: cost.cost for cost in await costs.list_costs(connection, actor, challenge_id, now)}
    if ranking_id is None:
        ranking = await read_latest(connection, actor, challenge_id, now)
    else:
        ranking = await rankings.read_ranking(connection, actor, ranking_id, now)
        if ranking.challenge_id != challenge_id:
            raise NotFound
    if ranking is None:
        return _Place(ranking_id=None, entries=[], next_cursor=None, costs=known)
    found = await rankings.list_entries(
        connection, actor, ranking.id, now, limit=page.limit, after=page.after, kept=_IN_THE_RUNNING
    )
    shown = page_out(found, page)
    return _Place(ranking_id=ranking.id, entries=shown.items, next_cursor=shown.next_cursor, costs=known)


def _filled(place: _Place) -> Form:
    values = {f"cost-{row}": _shown(place.costs.get(entry.idea_id)) for row, entry in enumerate(place.entries)}
    return Form(values | {"method": ShortlistMethod.KNAPSACK})


def _shown(cost: float | None) -> str:
    return "" if cost is None else f"{cost:.2f}".removesuffix(".00")


def _read_costs(form: Form, place: _Place) -> list[NewCost]:
    """The costs that changed; an emptied field takes the estimate back."""
    changed = []
    for row in _rows(form):
        idea_id, field = form.id(f"idea-{row}"), f"cost-{row}"
        if form.text(field) == _shown(place.costs.get(idea_id)):
            continue
        one = Form({})
        cost = one.read(NewCost, {"idea_id": idea_id, "cost": form.amount(field)})
        if cost is None:
            form.errors[field] = one.errors["cost"]
        elif field not in form.errors:
            changed.append(cost)
    return changed


def _rows(form: Form) -> list[int]:
    return [row for row in range(MAX_LIMIT) if form.text(f"idea-{row}")]


def _read_wanted(form: Form) -> MakeShortlist | None:
    given: dict[str, Any] = {"method": form.text("method")}
    if form.text("size"):
        given["size"] = form.text("size")
    if form.text("method") != ShortlistMethod.DIVERSE:
        given["budget"] = form.amount("budget")
        if given["budget"] is None and "budget" not in form.errors:
            form.errors["budget"] = "form.missing"
    return form.read(MakeShortlist, given)


async def _page(
    view: View,
    connection: Connection,
    actor: Actor,
    challenge_id: UUID,
    now: datetime,
    place: _Place,
    form: Form,
) -> Response[bytes]:
    challenge = await challenges.read_challenge(connection, actor, challenge_id, now)
    return view.page(
        "budget.html",
        status=422 if form.errors else 200,
        challenge=challenge,
        here=view.request.url.path + view.query(),
        form=form,
        ranking_id=place.ranking_id,
        entries=place.entries,
        next_cursor=place.next_cursor,
        known=len(place.costs),
        approved=await costs.sum_approved(connection, actor, challenge_id, now),
        methods=list(ShortlistMethod),
    )


handlers = [show, save]
