"""My personal access tokens."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import delete, get, post

from api.paging import PageOut, PageRequest, page_out
from ideation.actions import tokens as actions
from ideation.database import Connection
from ideation.entities.people import Actor
from ideation.entities.tokens import AccessToken, IssuedToken, TokenRequest
from ideation.settings import Settings

_TAGS = ["Access tokens"]


@get("/me/tokens", summary="List my access tokens", tags=_TAGS)
async def list_mine(connection: Connection, actor: Actor, page: PageRequest) -> PageOut[AccessToken]:
    """Newest first, those that ended too; the tokens themselves are never shown again."""
    return page_out(await actions.list_tokens(connection, actor, limit=page.limit, after=page.after), page)


# The answer shows a secret, so it is not kept for a repeat.
@post("/me/tokens", summary="Make an access token", tags=_TAGS, opt={"idempotency": False})
async def make(
    connection: Connection, actor: Actor, now: datetime, settings: Settings, data: TokenRequest
) -> IssuedToken:
    """The only answer that shows the token. It can have no more scopes than you have yourself."""
    return await actions.create_token(connection, actor, data, now, max_days=settings.token_max_days)


@delete("/me/tokens/{token_id:uuid}", summary="Revoke an access token", tags=_TAGS)
async def revoke(connection: Connection, actor: Actor, now: datetime, token_id: UUID) -> None:
    """It stops working at once."""
    await actions.revoke_token(connection, actor, token_id, now)


handlers: list[Any] = [list_mine, make, revoke]
