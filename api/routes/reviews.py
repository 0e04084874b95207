"""A reviewer's work on one idea, and reading the reviews that were sent."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post, put
from litestar.types import ControllerRouterHandler

from api.dependencies import AnyRequest
from api.etags import require_if_match, with_etag
from ideation.actions import reviews
from ideation.database import Connection
from ideation.entities.conflicts import DeclareConflict
from ideation.entities.people import Actor
from ideation.entities.reviews import ReviewForm, ReviewOut, SaveReview, SentReview

_TAGS = ["reviews"]


@get("/assignments/{assignment_id:uuid}", summary="Read an idea to review", tags=_TAGS)
async def read_form(assignment_id: UUID, connection: Connection, actor: Actor, now: datetime) -> Response[ReviewForm]:
    """The idea, the criteria and my draft; the author only where review is not blind, and never the idea's rank."""
    form = await reviews.read_form(connection, actor, assignment_id, now)
    return with_etag(form, form.version)


@put("/assignments/{assignment_id:uuid}/review", summary="Save my review", tags=_TAGS)
async def save_review(
    assignment_id: UUID, request: AnyRequest, connection: Connection, actor: Actor, now: datetime, data: SaveReview
) -> Response[ReviewOut]:
    """A draft that nobody else sees. Send the ETag of what you read as If-Match."""
    version = require_if_match(request)
    return _tagged(await reviews.save_review(connection, actor, assignment_id, data, version, now))


@post("/assignments/{assignment_id:uuid}/review/send", summary="Send my review", tags=_TAGS, status_code=200)
async def send_review(
    assignment_id: UUID, request: AnyRequest, connection: Connection, actor: Actor, now: datetime
) -> Response[ReviewOut]:
    """With every criterion scored. Afterwards it no longer changes, and you can read what the others wrote."""
    version = require_if_match(request)
    return _tagged(await reviews.send_review(connection, actor, assignment_id, version, now))


@post(
    "/assignments/{assignment_id:uuid}/conflict", summary="Declare a conflict of interest", tags=_TAGS, status_code=204
)
async def declare_conflict(
    assignment_id: UUID, connection: Connection, actor: Actor, now: datetime, data: DeclareConflict
) -> None:
    """Hands the idea back; somebody else will review it."""
    await reviews.declare_conflict(connection, actor, assignment_id, data, now)


@get("/ideas/{idea_id:uuid}/reviews", summary="Read an idea's reviews", tags=_TAGS)
async def list_sent_reviews(idea_id: UUID, connection: Connection, actor: Actor, now: datetime) -> list[SentReview]:
    """For those who run the challenge, and for reviewers of the idea once they sent their own."""
    return await reviews.list_sent_reviews(connection, actor, idea_id, now)


def _tagged(review: ReviewOut) -> Response[ReviewOut]:
    return with_etag(review, review.version)


handlers: list[ControllerRouterHandler] = [read_form, save_review, send_review, declare_conflict, list_sent_reviews]
