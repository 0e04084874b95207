"""The panel's page: the ranking with its uncertainty, the shortlist, decisions, and a report to print."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.exceptions import ClientException

from api.dependencies import AnyRequest
from api.paging import PageRequest, page_out
from api.web.board import likely_progress
from api.web.challenges import LISTED_STATES
from api.web.forms import Form, read_form
from api.web.plan import find_plan
from api.web.plots import Whiskers, whiskers
from api.web.views import View
from ideation.actions import backtests, challenges, decisions, integrity, jobs, panels, rankings, shortlists, themes
from ideation.database import Connection
from ideation.entities.backtests import RankingBacktest
from ideation.entities.challenges import DECIDED_CHALLENGE_STATES
from ideation.entities.challenges_forms import ChallengeOut
from ideation.entities.decisions import Decide, Outcome
from ideation.entities.ideas import IdeaState
from ideation.entities.integrity import IntegrityFlag
from ideation.entities.jobs import AnalysisFreshness, AnalysisKind
from ideation.entities.people import Actor
from ideation.entities.rankings import (
    GREY_ZONE,
    AlwaysSeen,
    RankingEntryOut,
    RankingFilter,
    RankingOut,
    RankingSort,
)
from ideation.entities.shortlists import MakeShortlist, ShortlistChange, ShortlistOut
from ideation.errors import Invalid, NotFound
from ideation.paging import PageKey

_REPORT_ENTRIES = 100


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
    ranking = await read_latest(connection, actor, challenge_id, now)
    shortlist = await _shortlist(connection, actor, challenge_id, now)
    if ranking is None and not challenge.may_run:
        raise NotFound
    kept, sort = _kept(view), view.choice("sort", RankingSort) or RankingSort.PLACE
    found = None
    if ranking is not None:
        entries = await rankings.list_entries(
            connection, actor, ranking.id, now, limit=page.limit, after=page.after, kept=kept, sort=sort
        )
        found = page_out(entries, page)
    return view.page(
        "panel.html",
        challenge=challenge,
        ranking=ranking,
        always_seen=await _always_seen(connection, actor, ranking, now),
        work=await _ranking_work(connection, actor, challenge, now),
        progress=lambda work: likely_progress(work, now),
        flags=await _flags(connection, actor, challenge, now),
        kept=kept,
        sort=sort,
        sorts=list(RankingSort),
        states=LISTED_STATES,
        themes=await view.figures(
            connection, challenge_id, "themes", lambda: themes.list_themes(connection, actor, challenge_id, now)
        ),
        ranked=[] if found is None else _ranked(found.items, shortlist, await _cut(connection, actor, ranking, now)),
        next_cursor=None if found is None else found.next_cursor,
        shortlist=shortlist,
        tested=await _tested(connection, actor, challenge, ranking, now),
        **(await _reviewing(connection, actor, challenge_id, now) if challenge.may_run else {}),
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
    return view.page(
        "report.html",
        challenge=challenge,
        shortlist=shortlist,
        ranking=ranking,
        newest=await read_latest(connection, actor, challenge_id, now),
        work=await _ranking_work(connection, actor, challenge, now),
        progress=lambda work: likely_progress(work, now),
        always_seen=await _always_seen(connection, actor, ranking, now),
        ranked=_ranked(entries.items, shortlist, await _cut(connection, actor, ranking, now)),
        decided=await decisions.find_standing(
            connection, actor, challenge_id, [entry.idea_id for entry in shortlist.entries], now
        ),
        answers=await view.figures(
            connection, challenge_id, "answers", lambda: decisions.read_answers(connection, actor, challenge_id, now)
        ),
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
        nothing_ticked = "idea_ids" in form.errors
        raise Invalid(
            "The decision is incomplete.", reason="nothing-ticked" if nothing_ticked else "decision-incomplete"
        )
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
            raise Invalid(
                "Give a reason: everybody who sees the list sees it.", field="reason", reason="list-reason-missing"
            ) from None
        raise ClientException(detail=str(error)) from None
    return change


async def read_latest(connection: Connection, actor: Actor, challenge_id: UUID, now: datetime) -> RankingOut | None:
    """The newest ranking that this person may see, if there is one."""
    try:
        return await rankings.read_latest(connection, actor, challenge_id, None, now)
    except NotFound:
        return None


async def _ranking_work(
    connection: Connection, actor: Actor, challenge: ChallengeOut, now: datetime
) -> AnalysisFreshness | None:
    """Whether a ranking is being computed, and how long that takes; for those who run the challenge."""
    if not challenge.may_run:
        return None
    analysis = await jobs.read_analysis(connection, actor, challenge.id, now)
    return next(one for one in analysis.analyses if one.kind == AnalysisKind.RANKING)


async def _reviewing(connection: Connection, actor: Actor, challenge_id: UUID, now: datetime) -> dict[str, Any]:
    """How far the reviews are, for those who run the challenge."""
    plan = await find_plan(connection, actor, challenge_id, now)
    return {"plan": plan, "reviews": await panels.read_progress(connection, actor, challenge_id, now)}


async def _tested(
    connection: Connection, actor: Actor, challenge: ChallengeOut, ranking: RankingOut | None, now: datetime
) -> list[RankingBacktest]:
    """Once a challenge is decided: how well its rankings foresaw that, for those who run it."""
    if ranking is None or not challenge.may_run or challenge.state not in DECIDED_CHALLENGE_STATES:
        return []
    return (await backtests.read_backtest(connection, actor, challenge.id, now)).rankings


async def _shortlist(connection: Connection, actor: Actor, challenge_id: UUID, now: datetime) -> ShortlistOut | None:
    try:
        return await shortlists.read_shortlist(connection, actor, challenge_id, now)
    except NotFound:
        return None


async def _always_seen(
    connection: Connection, actor: Actor, ranking: RankingOut | None, now: datetime
) -> list[AlwaysSeen]:
    return [] if ranking is None else await rankings.list_always_seen(connection, actor, ranking.id, now)


async def _flags(connection: Connection, actor: Actor, challenge: ChallengeOut, now: datetime) -> list[IntegrityFlag]:
    """Odd voting patterns, for those who run the challenge."""
    found = await integrity.list_flags(connection, actor, challenge.id, now) if challenge.may_run else []
    return [flag for flag in found if flag.dismissed_at is None]


async def _cut(connection: Connection, actor: Actor, ranking: RankingOut | None, now: datetime) -> float | None:
    """The score half-way between the last idea that is among the best k and the first that is not."""
    if ranking is None or ranking.idea_count <= ranking.shortlist_size:
        return None
    after: PageKey = [repr(float(ranking.shortlist_size - 1)), ranking.shortlist_size - 1]
    around = await rankings.list_entries(connection, actor, ranking.id, now, limit=2, after=after)
    return sum(entry.score for entry in around.items) / 2


def _kept(view: View) -> RankingFilter:
    state = view.choice("state", IdeaState)
    given = view.word("theme")
    try:
        theme_id = None if given is None else UUID(given)
    except ValueError:
        raise NotFound from None
    return RankingFilter(
        grey=view.word("grey") is not None, state=state if state in LISTED_STATES else None, theme_id=theme_id
    )


def _ranked(entries: list[RankingEntryOut], shortlist: ShortlistOut | None, cut: float | None) -> list[Ranked]:
    listed = set() if shortlist is None else {entry.idea_id for entry in shortlist.entries}
    plots = whiskers([(entry.score_low, entry.score, entry.score_high) for entry in entries], cut)
    low, high = GREY_ZONE
    return [
        Ranked(entry=entry, plot=plot, grey=low <= entry.probability_top <= high, listed=entry.idea_id in listed)
        for entry, plot in zip(entries, plots, strict=True)
    ]


handlers = [show, report, change_shortlist, decide]
