"""People, for everybody to find colleagues and for administrators to manage them."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Request, Response, delete, get, patch, post, put
from litestar.params import Parameter, QueryParameter

from api.etags import require_if_match, with_etag
from api.paging import PageOut, PageRequest, page_out
from api.parameters import OptionalText
from ideation.actions import people as actions
from ideation.actions import tokens as token_actions
from ideation.actions.personal_data import erase_person
from ideation.actions.sessions import invite
from ideation.database import Connection
from ideation.entities.people import (
    Actor,
    NewPerson,
    PeopleGroup,
    PersonChange,
    PersonFilter,
    PersonOut,
    Role,
)
from ideation.entities.sessions import SignInLinkOut, SignInLinkRequest
from ideation.entities.tokens import AccessToken
from ideation.settings import Settings

_TAGS = ["People"]

Status = Annotated[
    Literal["active", "inactive", "any"],
    Parameter(description="Other than active ones are for administrators."),
]
Words = Annotated[
    str | None,
    QueryParameter(name="query", max_length=200, pattern=r"^[^\x00]*$", description="Beginnings of words of the name."),
]
_ACTIVE = {"active": True, "inactive": False, "any": None}


@get("/people", summary="Find people", tags=_TAGS)
async def find(
    connection: Connection,
    actor: Actor,
    page: PageRequest,
    department: OptionalText = None,
    site: OptionalText = None,
    role: Role | None = None,
    status: Status = "active",
    words: Words = None,
) -> PageOut[PersonOut]:
    """By name. For administrators, `query` may also be an e-mail address."""
    wanted = PersonFilter(department=department, site=site, role=role, active=_ACTIVE[status], query=words)
    return page_out(await actions.list_people(connection, actor, wanted, limit=page.limit, after=page.after), page)


@post("/people", summary="Add a person", tags=_TAGS)
async def add(connection: Connection, actor: Actor, now: datetime, data: NewPerson) -> Response[PersonOut]:
    """For administrators."""
    person = await actions.create_person(connection, actor, data, now)
    return with_etag(person, person.version)


@get("/people/{person_id:uuid}", summary="Read a person", tags=_TAGS)
async def read(connection: Connection, actor: Actor, person_id: UUID) -> Response[PersonOut]:
    """Name, department and site; the rest only for administrators and the person alone."""
    person = await actions.read_person(connection, actor, person_id)
    return with_etag(person, person.version)


@patch("/people/{person_id:uuid}", summary="Change a person", tags=_TAGS)
async def change(
    request: Request[Any, Any, Any],
    connection: Connection,
    actor: Actor,
    now: datetime,
    person_id: UUID,
    data: PersonChange,
) -> Response[PersonOut]:
    """For administrators; send If-Match."""
    version = require_if_match(request)
    person = await actions.change_person(connection, actor, person_id, data, now, expected_version=version)
    return with_etag(person, person.version)


@post("/people/{person_id:uuid}/deactivate", summary="Keep a person out", tags=_TAGS, status_code=200)
async def deactivate(connection: Connection, actor: Actor, now: datetime, person_id: UUID) -> Response[PersonOut]:
    """Ends all their sessions, access tokens and sign-in links at once. For administrators."""
    person = await actions.deactivate_person(connection, actor, person_id, now)
    return with_etag(person, person.version)


@post("/people/{person_id:uuid}/reactivate", summary="Let a person in again", tags=_TAGS, status_code=200)
async def reactivate(connection: Connection, actor: Actor, now: datetime, person_id: UUID) -> Response[PersonOut]:
    """Old sessions and tokens stay ended. For administrators."""
    person = await actions.reactivate_person(connection, actor, person_id, now)
    return with_etag(person, person.version)


@post("/people/{person_id:uuid}/erase", summary="Erase a person's data", tags=_TAGS, status_code=200)
async def erase(connection: Connection, actor: Actor, now: datetime, person_id: UUID) -> Response[PersonOut]:
    """Cannot be undone. Ideas, votes and comments stay, under a placeholder name. For administrators."""
    person = await erase_person(connection, actor, person_id, now)
    return with_etag(person, person.version)


@put("/people/{person_id:uuid}/roles/{role:str}", summary="Give a role", tags=_TAGS)
async def grant_role(
    connection: Connection, actor: Actor, now: datetime, person_id: UUID, role: Role
) -> Response[PersonOut]:
    """For administrators."""
    person = await actions.grant_role(connection, actor, person_id, role, now)
    return with_etag(person, person.version)


@delete("/people/{person_id:uuid}/roles/{role:str}", summary="Take a role away", tags=_TAGS, status_code=200)
async def remove_role(
    connection: Connection, actor: Actor, now: datetime, person_id: UUID, role: Role
) -> Response[PersonOut]:
    """The last active administrator keeps that role. For administrators."""
    person = await actions.remove_role(connection, actor, person_id, role, now)
    return with_etag(person, person.version)


@get("/people/{person_id:uuid}/tokens", summary="List somebody's access tokens", tags=_TAGS)
async def list_tokens(connection: Connection, actor: Actor, page: PageRequest, person_id: UUID) -> PageOut[AccessToken]:
    """For administrators; the tokens themselves are never shown."""
    tokens = await token_actions.list_tokens_of(connection, actor, person_id, limit=page.limit, after=page.after)
    return page_out(tokens, page)


@delete("/people/{person_id:uuid}/tokens/{token_id:uuid}", summary="Revoke somebody's access token", tags=_TAGS)
async def revoke_token(connection: Connection, actor: Actor, now: datetime, person_id: UUID, token_id: UUID) -> None:
    """For administrators."""
    await token_actions.revoke_token_of(connection, actor, person_id, token_id, now)


# The answer shows a secret, so it is not kept for a repeat.
@post(
    "/people/{person_id:uuid}/sign-in-links",
    summary="Make a sign-in link",
    tags=_TAGS,
    opt={"idempotency": False},
)
async def make_sign_in_link(
    connection: Connection,
    actor: Actor,
    now: datetime,
    settings: Settings,
    person_id: UUID,
    data: SignInLinkRequest,
) -> SignInLinkOut:
    """For administrators, to hand to the person, who is notified. It works once."""
    link = await invite(connection, actor, person_id, now, minutes=data.minutes)
    return SignInLinkOut(url=f"{settings.public_url.rstrip('/')}{link.path}", expires_at=link.expires_at)


@get("/departments", summary="List departments", tags=_TAGS)
async def list_departments(connection: Connection, actor: Actor) -> PageOut[PeopleGroup]:
    """All departments that have active people; never more than one page."""
    return PageOut(items=await actions.list_departments(connection, actor), next_cursor=None)


@get("/sites", summary="List sites", tags=_TAGS)
async def list_sites(connection: Connection, actor: Actor) -> PageOut[PeopleGroup]:
    """All sites that have active people; never more than one page."""
    return PageOut(items=await actions.list_sites(connection, actor), next_cursor=None)


handlers: list[Any] = [
    find,
    add,
    read,
    change,
    deactivate,
    reactivate,
    erase,
    grant_role,
    remove_role,
    list_tokens,
    revoke_token,
    make_sign_in_link,
    list_departments,
    list_sites,
]
