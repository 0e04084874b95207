"""The shortlist: made from the latest ranking, changed by hand with a reason."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.dependencies import AnyRequest
from api.etags import require_if_match, with_etag
from ideation.actions import shortlists
from ideation.database import Connection
from ideation.entities.people import Actor
from ideation.entities.shortlists import MakeShortlist, ShortlistChange, ShortlistOut

_TAGS = ["shortlists"]


@post("/challenges/{challenge_id:uuid}/shortlist", summary="Make a shortlist", tags=_TAGS)
async def make_shortlist(
    challenge_id: UUID, connection: Connection, actor: Actor, now: datetime, data: MakeShortlist
) -> Response[ShortlistOut]:
    """From the panel's latest ranking (else the crowd's): near-duplicates folded, themes capped, the price stated."""
    return _tagged(await shortlists.make_shortlist(connection, actor, challenge_id, data, now))


@get("/challenges/{challenge_id:uuid}/shortlist", summary="Read the shortlist", tags=_TAGS)
async def read_shortlist(
    challenge_id: UUID, connection: Connection, actor: Actor, now: datetime
) -> Response[ShortlistOut]:
    """With every change by hand. For those who run the challenge, and for the panel when reviewing is over."""
    return _tagged(await shortlists.read_shortlist(connection, actor, challenge_id, now))


@post(
    "/challenges/{challenge_id:uuid}/shortlist/changes",
    summary="Change the shortlist by hand",
    tags=_TAGS,
    status_code=200,
)
async def change_shortlist(
    challenge_id: UUID, request: AnyRequest, connection: Connection, actor: Actor, now: datetime, data: ShortlistChange
) -> Response[ShortlistOut]:
    """Add, remove or move one idea; the reason is kept and shown. Send the list's ETag as If-Match."""
    version = require_if_match(request)
    return _tagged(await shortlists.change_shortlist(connection, actor, challenge_id, data, version, now))


def _tagged(shortlist: ShortlistOut) -> Response[ShortlistOut]:
    return with_etag(shortlist, shortlist.version)


handlers: list[ControllerRouterHandler] = [make_shortlist, read_shortlist, change_shortlist]
