"""Moderation: reports, what is hidden, and possible duplicates side by side."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post
from markupsafe import Markup, escape

from api.dependencies import AnyRequest
from api.paging import PageRequest, page_out
from api.web.forms import Form, read_form
from api.web.views import View
from ideation.actions import challenges, duplicates, moderation
from ideation.database import Connection
from ideation.entities.duplicates import PairState, Verdict, Verdicts
from ideation.entities.moderation import Hiding, Resolution
from ideation.entities.people import Actor
from ideation.errors import Invalid
from ideation.text.normalise import plain_text

_LISTED = 50
# More than any idea has, also when one character is read as several.
_LONGEST_CHARACTERS = 1_000_000


@get("/moderation")
async def show(view: View, connection: Connection, actor: Actor, now: datetime) -> Response[bytes]:
    """Open reports, what is hidden, and the challenges whose pairs wait."""
    reports = await moderation.list_open_reports(connection, actor, now=now, limit=_LISTED)
    hidden = await moderation.list_hidden(connection, actor, now=now, limit=_LISTED)
    listed = await challenges.list_challenges(connection, actor, now=now, limit=_LISTED)
    return view.page("moderation.html", reports=reports.items, hidden_items=hidden.items, challenges=listed.items)


@post("/reports/{report_id:uuid}")
async def resolve(
    report_id: UUID, request: AnyRequest, view: View, connection: Connection, actor: Actor, now: datetime
) -> Response[bytes]:
    """Hides what was reported, or keeps it; whoever reported it hears the outcome."""
    form = await read_form(request)
    resolution = _require(form, form.read(Resolution, {name: form.text(name) for name in ("outcome", "note")}))
    await moderation.resolve_report(connection, actor, report_id, resolution, now)
    return view.redirect("/moderation", "resolved")


@post("/hidden")
async def show_again(
    request: AnyRequest, view: View, connection: Connection, actor: Actor, now: datetime
) -> Response[bytes]:
    """Shows a hidden idea or comment again."""
    form = await read_form(request)
    reason = _require(form, form.read(Hiding, {"reason": form.text("reason")}))
    if form.text("comment_id"):
        await moderation.show_comment(connection, actor, form.id("comment_id"), reason, now)
    else:
        await moderation.show_idea(connection, actor, form.id("idea_id"), reason, now)
    return view.redirect("/moderation", "shown_again")


@get("/challenges/{challenge_id:uuid}/duplicates")
async def show_pairs(
    challenge_id: UUID, view: View, connection: Connection, actor: Actor, now: datetime, page: PageRequest
) -> Response[bytes]:
    """The likeliest pair first, side by side."""
    challenge = await challenges.read_challenge(connection, actor, challenge_id, now)
    found = await duplicates.list_queue(
        connection, actor, challenge_id, state=PairState.PROPOSED, now=now, limit=page.limit, after=page.after
    )
    pairs = page_out(found, page)
    return view.page(
        "duplicates.html",
        challenge=challenge,
        pairs=pairs,
        marked=marked,
        cursor=view.word("cursor"),
        skipped=page.after is not None,
    )


@post("/challenges/{challenge_id:uuid}/duplicates")
async def decide_pairs(
    challenge_id: UUID, request: AnyRequest, view: View, connection: Connection, actor: Actor, now: datetime
) -> Response[bytes]:
    """Says of one pair, or of all that are ticked, whether they are the same; the same ones are merged at once."""
    form = await read_form(request)
    same = form.text("verdict") == Verdict.CONFIRMED
    given = {"pair_ids": form.all("pair"), "verdict": form.text("verdict"), "merge": same}
    verdicts = _require(form, form.read(Verdicts, given))
    decided = await duplicates.decide_pairs(connection, actor, challenge_id, verdicts, now)
    # The pair that comes next stands where the decided one stood.
    kept = f"?{urlencode({'cursor': cursor})}" if (cursor := form.text("cursor")) else ""
    place = f"#pair-{form.number('place')}" if form.text("place") else ""
    path = f"/challenges/{challenge_id}/duplicates{kept}{place}"
    return view.redirect(path, "merged" if decided.merged else "pairs_decided")


def marked(text: str, passages: Iterable[str]) -> Markup:
    """A text in Markdown as plain words, a line per paragraph, with these passages of it marked."""
    plain = plain_text(text, limit=_LONGEST_CHARACTERS)
    shown, end = [], 0
    for begin, stop in sorted(_places(plain, passages), key=lambda place: (place[0], -place[1])):
        if begin >= end:
            shown += [escape(plain[end:begin]), Markup("<mark>{}</mark>").format(plain[begin:stop])]
            end = stop
    return Markup("").join([*shown, escape(plain[end:])])


def _places(plain: str, passages: Iterable[str]) -> Iterable[tuple[int, int]]:
    """Where each passage first stands in a text: begin and end. One that an earlier wording held stands nowhere."""
    for passage in {" ".join(passage.split()) for passage in passages} - {""}:
        begin = plain.find(passage)
        if begin >= 0:
            yield begin, begin + len(passage)


def _require(form: Form, read: Any) -> Any:
    """What the form holds; these forms have only buttons and short texts, so a page says what is wrong."""
    if read is None:
        raise Invalid(
            "; ".join(f"{name}: {message}" for name, message in form.errors.items()), reason="form-incomplete"
        )
    return read


handlers = [show, resolve, show_again, show_pairs, decide_pairs]
