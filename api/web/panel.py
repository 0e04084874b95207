"""The panel's page: the ranking with its uncertainty, the shortlist, decisions, and a report to print."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.exceptions import ClientException

from api.dependencies import AnyRequest
from api.paging import PageRequest, page_out
from api.web.forms import Form, read_form
from api.web.plots import Whiskers, whiskers
from api.web.views import View
from ideation.actions import challenges, decisions, panel_rankings, rankings, shortlists
from ideation.database import Connection
from ideation.entities.decisions import Decide, Outcome
from ideation.entities.panel_rankings import PanelRankingOut
from ideation.entities.people import Actor
from ideation.entities.rankings import RankingEntryOut, RankingKind, RankingOut
from ideation.entities.shortlists import MakeShortlist, ShortlistChange, ShortlistOut
from ideation.errors import Invalid, NotFound

_REPORT_ENTRIES = 100
# An idea is in the grey zone while its chance to be among the best k is neither nearly nil nor nearly certain.
GREY_ZONE = (0.05, 0.95)


class Ranked(msgspec.Struct, frozen=True, kw_only=True):
    """A place of the ranking, with its interval drawn."""

    entry: RankingEntryOut
    plot: Whiskers
    grey: bool
    listed: bool


@get("/challenges/{challenge_id:uuid}/panel")
async def show(
    challenge_id: UUID, view: View, connection: Connection, actor: Actor, now: datetime, page: PageRequest
) -> Response[bytes]:
    """Ranking and shortlist, for those who may see them."""
    challenge = await challenges.read_challenge(connection, actor, challenge_id, now)
    ranking = await _latest(connection, actor, challenge_id, now)
    shortlist = await _shortlist(connection, actor, challenge_id, now)
    if ranking is None and not challenge.may_run:
        raise NotFound
    found = None
    if ranking is not None:
        entries = await rankings.list_entries(connection, actor, ranking.id, now, limit=page.limit, after=page.after)
        found = page_out(entries, page)
    return view.page(
        "panel.html",
        challenge=challenge,
        ranking=ranking,
        details=await _details(connection, actor, challenge_id, ranking, now),
        ranked=[] if found is None else _ranked(found.items, shortlist),
        next_cursor=None if found is None else found.next_cursor,
        shortlist=shortlist,
        outcomes=list(Outcome),
    )


@get("/challenges/{challenge_id:uuid}/report")
async def report(
    challenge_id: UUID, view: View, connection: Connection, actor: Actor, now: datetime
) -> Response[bytes]:
    """Everything behind the shortlist on one page, to print or keep."""
    challenge = await challenges.read_challenge(connection, actor, challenge_id, now)
    shortlist = await shortlists.read_shortlist(connection, actor, challenge_id, now)
    ranking = await rankings.read_ranking(connection, actor, shortlist.ranking_id, now)
    entries = await rankings.list_entries(
        connection, actor, ranking.id, now, limit=max(_REPORT_ENTRIES, 2 * shortlist.size), after=None
    )
    listed = [await decisions.list_decisions(connection, actor, entry.idea_id, now) for entry in shortlist.entries]
    return view.page(
        "report.html",
        challenge=challenge,
        shortlist=shortlist,
        ranking=ranking,
        details=await _details(connection, actor, challenge_id, ranking, now),
        ranked=_ranked(entries.items, shortlist),
        decided={entry.idea_id: found[0] for entry, found in zip(shortlist.entries, listed, strict=True) if found},
        answers=await decisions.read_answers(connection, actor, challenge_id, now),
        made_at=now,
    )


@post("/challenges/{challenge_id:uuid}/shortlist")
async def change_shortlist(
    challenge_id: UUID, request: AnyRequest, view: View, connection: Connection, actor: Actor, now: datetime
) -> Response[bytes]:
    """Makes the shortlist anew, or changes one place of it with a reason."""
    form = await read_form(request)
    place = f"/challenges/{challenge_id}/panel#shortlist"
    if form.text("change") == "make":
        await shortlists.make_shortlist(connection, actor, challenge_id, MakeShortlist(), now)
        return view.redirect(place, "shortlist_made")
    change = _change(form)
    await shortlists.change_shortlist(connection, actor, challenge_id, change, form.number("version"), now)
    return view.redirect(place, "shortlist_changed")


@post("/challenges/{challenge_id:uuid}/decisions")
async def decide(
    challenge_id: UUID, request: AnyRequest, view: View, connection: Connection, actor: Actor, now: datetime
) -> Response[bytes]:
    """One outcome for one idea or for all that are ticked; the authors are told."""
    form = await read_form(request)
    given = {name: form.text(name) for name in ("outcome", "reason", "lesson")} | {"idea_ids": form.all("idea")}
    decision = form.read(Decide, given)
    if decision is None:
        raise Invalid(view.texts("panel.nothing_ticked") if "idea_ids" in form.errors else view.texts("form.missing"))
    await decisions.decide(connection, actor, challenge_id, decision, now)
    return view.redirect(f"/challenges/{challenge_id}/panel#shortlist", "decided")


def _change(form: Form) -> ShortlistChange:
    given: dict[str, Any] = {name: form.text(name) for name in ("change", "idea_id", "reason")}
    if given["change"] == "move":
        given["position"] = form.number("position")
    try:
        change: ShortlistChange = msgspec.convert(given, ShortlistChange)
    except msgspec.ValidationError as error:
        if not given["reason"].strip():
            raise Invalid("Give a reason: everybody who sees the list sees it.", field="reason") from None
        raise ClientException(detail=str(error)) from None
    return change


async def _latest(connection: Connection, actor: Actor, challenge_id: UUID, now: datetime) -> RankingOut | None:
    try:
        return await rankings.read_latest(connection, actor, challenge_id, None, now)
    except NotFound:
        return None


async def _shortlist(connection: Connection, actor: Actor, challenge_id: UUID, now: datetime) -> ShortlistOut | None:
    try:
        return await shortlists.read_shortlist(connection, actor, challenge_id, now)
    except NotFound:
        return None


async def _details(
    connection: Connection, actor: Actor, challenge_id: UUID, ranking: RankingOut | None, now: datetime
) -> PanelRankingOut | None:
    """What only a ranking by the panel says."""
    if ranking is None or ranking.kind is not RankingKind.PANEL:
        return None
    return await panel_rankings.read_panel_ranking(connection, actor, challenge_id, now)


def _ranked(entries: list[RankingEntryOut], shortlist: ShortlistOut | None) -> list[Ranked]:
    listed = set() if shortlist is None else {entry.idea_id for entry in shortlist.entries}
    plots = whiskers([(entry.score_low, entry.score, entry.score_high) for entry in entries])
    low, high = GREY_ZONE
    return [
        Ranked(entry=entry, plot=plot, grey=low <= entry.probability_top <= high, listed=entry.idea_id in listed)
        for entry, plot in zip(entries, plots, strict=True)
    ]


handlers = [show, report, change_shortlist, decide]
