"""Who sends a request: an access token in the Authorization header, or the session cookie of a browser.

A request that would change something and comes with the cookie alone must show that a page of ours sent it: by the
browser's own word (Sec-Fetch-Site or Origin), or by the session's token in the header X-CSRF-Token or the form field
`csrf_token`.
"""

import hmac
from ipaddress import IPv6Address, IPv6Network
from typing import Any
from urllib.parse import urlsplit

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from api.unit_of_work import SAFE_METHODS, UnitOfWork, work_of
from ideation.credentials import hash_secret
from ideation.entities.people import Actor
from ideation.entities.sign_in import Credential
from ideation.errors import ExpiredToken, ForgedRequest, IdeationError, Unauthenticated

SESSION_COOKIE = "ideation_session"
CSRF_HEADER = "x-csrf-token"
CSRF_FIELD = "csrf_token"

AnyConnection = ASGIConnection[Any, Any, Any, Any]


async def check_caller(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """Guard of every route: identifies the person before the body is read, and counts the request."""
    if handler.opt.get("uncounted"):
        return
    work = work_of(connection.scope)
    try:
        names = handler.parsed_fn_signature.parameters
        if "actor" in names:
            require_actor(await identify(connection, work))
        elif "visitor" in names:
            await find_visitor(connection, work)
    except IdeationError:
        # A refused credential counts for the address it came from, so that guessing has an end.
        _count(connection, work)
        raise
    _count(connection, work)


async def identify(connection: AnyConnection, work: UnitOfWork) -> Credential | None:
    """The credential a request carries, looked up once; None without any, an error with one that is not valid."""
    if not work.identified:
        work.credential = await _find_credential(connection, work)
        work.identified = True
    return work.credential


async def find_visitor(connection: AnyConnection, work: UnitOfWork) -> Actor | None:
    """Who looks at a page that everybody may see; somebody whose session has ended is nobody."""
    try:
        credential = await identify(connection, work)
    except Unauthenticated:
        return None
    return None if credential is None else credential.actor


def require_actor(credential: Credential | None) -> Actor:
    """The signed-in person, or Unauthenticated."""
    if credential is None:
        raise Unauthenticated
    return credential.actor


async def _find_credential(connection: AnyConnection, work: UnitOfWork) -> Credential | None:
    authorization = connection.headers.get("authorization")
    cookie = connection.cookies.get(SESSION_COOKIE)
    if authorization is not None:
        found = await _find_by_token(authorization, work)
    elif cookie:
        found = await work.platform.callers.by_session(hash_secret(cookie))
    else:
        return None
    credential = _require_valid(found, work)
    if credential.csrf_token is not None:
        await _refuse_forgery(Request(connection.scope, connection.receive), credential.csrf_token)
    return credential


async def _find_by_token(authorization: str, work: UnitOfWork) -> Credential | None:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("Send the access token as 'Authorization: Bearer <token>'.")
    return await work.platform.callers.by_token(hash_secret(token.strip()))


def _require_valid(credential: Credential | None, work: UnitOfWork) -> Credential:
    if credential is None:
        raise Unauthenticated
    if credential.expires_at <= work.now:
        raise ExpiredToken
    if credential.token_id is not None:
        work.platform.token_uses.note(credential.token_id, work.now)
    return credential


async def _refuse_forgery(request: Request[Any, Any, Any], csrf_token: str) -> None:
    if request.method in SAFE_METHODS or _is_from_our_pages(request):
        return
    given = request.headers.get(CSRF_HEADER) or await _form_token(request)
    if not hmac.compare_digest(given.encode(), csrf_token.encode()):
        raise ForgedRequest


def _is_from_our_pages(request: Request[Any, Any, Any]) -> bool:
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == request.headers.get("host")


async def _form_token(request: Request[Any, Any, Any]) -> str:
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return ""
    return str((await request.form()).get(CSRF_FIELD, ""))


def _network(host: str) -> str:
    """The address that is counted: of IPv6 the first 64 bits, within which everybody can choose addresses at will."""
    try:
        address = IPv6Address(host)
    except ValueError:
        return host
    mapped = address.ipv4_mapped
    return str(mapped or IPv6Network((int(address), 64), strict=False))


def _count(connection: AnyConnection, work: UnitOfWork) -> None:
    client = connection.client
    caller = (
        str(work.credential.actor.person_id) if work.credential else f"ip:{_network(client.host if client else '')}"
    )
    work.platform.rate_limiter.count(connection.scope, caller, writes=work.writes)
