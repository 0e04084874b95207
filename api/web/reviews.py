"""A reviewer's queue, and the form of one review."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post

from api.dependencies import AnyRequest
from api.web.forms import Form, read_form
from api.web.views import View
from ideation.actions import assignments, reviews
from ideation.database import Connection
from ideation.entities.conflicts import DeclareConflict
from ideation.entities.people import Actor
from ideation.entities.reviews import ReviewForm, SaveReview
from ideation.errors import Invalid, PreconditionFailed
from ideation.markdown import render_markdown

_QUEUE = 100
# A longer scale is typed as a number.
_LONGEST_ROW_OF_BUTTONS = 11


@get("/reviews")
async def show_queue(view: View, connection: Connection, actor: Actor) -> Response[bytes]:
    """What waits for me, by due date, and what I have sent."""
    waiting = await assignments.list_my_queue(
        connection, actor, challenge_id=None, sent=False, after=None, limit=_QUEUE
    )
    sent = await assignments.list_my_queue(connection, actor, challenge_id=None, sent=True, after=None, limit=_QUEUE)
    return view.page("reviews.html", waiting=waiting.items, sent=sent.items)


@get("/reviews/{assignment_id:uuid}")
async def show(assignment_id: UUID, view: View, connection: Connection, actor: Actor, now: datetime) -> Response[bytes]:
    """One idea to review, with what I wrote so far."""
    review = await reviews.read_form(connection, actor, assignment_id, now)
    return _page(view, review, Form(_stored(review)))


@post("/reviews/{assignment_id:uuid}")
async def write(
    assignment_id: UUID, request: AnyRequest, view: View, connection: Connection, actor: Actor, now: datetime
) -> Response[bytes]:
    """Keeps the review as a draft, or sends it and goes on to the next."""
    form = await read_form(request)
    review = await reviews.read_form(connection, actor, assignment_id, now)
    written = form.read(SaveReview, _typed(form, review))
    if written is None:
        return _page(view, review, form)
    try:
        saved = await reviews.save_review(connection, actor, assignment_id, written, form.number("version"), now)
        if form.text("button") != "send":
            return view.redirect(f"/reviews/{assignment_id}", "review_saved")
        await reviews.send_review(connection, actor, assignment_id, saved.version, now)
    except Invalid as error:
        form.refuse(view, error, "scores")
        return _page(view, review, form)
    except PreconditionFailed:
        changed = Form({**form.values, "version": str(review.version)})
        changed.errors["version"] = "form.changed_meanwhile"
        return _page(view, review, changed)
    return view.redirect(await _next(connection, actor), "review_sent")


@post("/reviews/{assignment_id:uuid}/conflict")
async def declare_conflict(
    assignment_id: UUID, request: AnyRequest, view: View, connection: Connection, actor: Actor, now: datetime
) -> Response[bytes]:
    """Hands the idea back."""
    form = await read_form(request)
    declared = form.read(DeclareConflict, {"reason": form.text("reason")})
    if declared is None:
        return _page(view, await reviews.read_form(connection, actor, assignment_id, now), form)
    await reviews.declare_conflict(connection, actor, assignment_id, declared, now)
    return view.redirect(await _next(connection, actor), "conflict_declared")


async def _next(connection: Connection, actor: Actor) -> str:
    waiting = await assignments.list_my_queue(connection, actor, challenge_id=None, sent=False, after=None, limit=1)
    return f"/reviews/{waiting.items[0].assignment_id}" if waiting.items else "/reviews"


def _page(view: View, review: ReviewForm, form: Form) -> Response[bytes]:
    sent = review.review is not None and review.review.sent_at is not None
    return view.page(
        "review.html",
        status=422 if form.errors else 200,
        review=review,
        body_html=render_markdown(review.idea.body),
        form=form,
        open=review.takes_reviews and not sent,
        sent=sent,
        longest=_LONGEST_ROW_OF_BUTTONS,
        anchored={one.key: {anchor.score: anchor.text for anchor in one.anchors} for one in review.criteria},
    )


def _typed(form: Form, review: ReviewForm) -> dict[str, object]:
    scores = [
        {"criterion_id": str(criterion.id), "score": given, "comment": form.text(f"note-{criterion.key}")}
        for criterion in review.criteria
        if (given := form.text(f"score-{criterion.key}"))
    ]
    return {"scores": scores, "comment": form.text("comment"), "wildcard": form.text("wildcard") == "on"}


def _stored(review: ReviewForm) -> dict[str, str]:
    values = {"version": str(review.version)}
    if review.review is None:
        return values
    for score in review.review.scores:
        values |= {f"score-{score.key}": str(score.score), f"note-{score.key}": score.comment}
    return values | {"comment": review.review.comment, "wildcard": "on" if review.review.wildcard else ""}


handlers = [show_queue, show, write, declare_conflict]
