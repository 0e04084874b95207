"""The usage policy: its versions, and who accepted which."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Request, get, post, put
from litestar.params import Parameter, QueryParameter
from litestar.response import Stream

from api.downloads import FILE_RESPONSE, download
from api.paging import PageOut, PageRequest, page_out
from api.parameters import FileFormat
from api.platform import platform_of
from ideation.actions import policies as actions
from ideation.database import Connection
from ideation.entities.people import Actor
from ideation.entities.policies import NewPolicy, Policy, PolicyAcceptance, PolicyHeading, PolicyShare

_TAGS = ["Usage policy"]
_LARGEST = 2_147_483_647

Version = Annotated[int, Parameter(ge=1, le=_LARGEST)]
OptionalVersion = Annotated[
    int | None, QueryParameter(name="version", ge=1, le=_LARGEST, description="Only this version; else all.")
]


@get("/policies", summary="List the versions of the policy", tags=_TAGS)
async def list_versions(connection: Connection, actor: Actor, page: PageRequest) -> PageOut[PolicyHeading]:
    """Newest first."""
    return page_out(await actions.list_policies(connection, actor, limit=page.limit, after=page.after), page)


@post("/policies", summary="Publish a new version", tags=_TAGS)
async def publish(connection: Connection, actor: Actor, now: datetime, data: NewPolicy) -> Policy:
    """In force at once: everybody accepts it before taking part again. For administrators."""
    return await actions.publish_policy(connection, actor, data, now)


@get("/policies/current", summary="Read the version in force", tags=_TAGS)
async def read_current(connection: Connection, actor: Actor) -> Policy:
    """Not found before the first version is published."""
    return await actions.read_current_policy(connection, actor)


@get(
    "/policies/acceptances",
    summary="Export acceptances",
    tags=_TAGS,
    responses=FILE_RESPONSE,
    opt={"writes": True},
)
async def export(
    request: Request[Any, Any, Any],
    connection: Connection,
    actor: Actor,
    now: datetime,
    version: OptionalVersion = None,
    file_format: FileFormat = "jsonl",
) -> Stream:
    """Who accepted which version when, as a file. For administrators."""
    await actions.record_acceptance_export(connection, actor, version, now)
    return download(
        platform_of(request.app),
        "policy-acceptances",
        file_format,
        lambda reader: actions.export_acceptances(reader, version, file_format),
    )


@get("/policies/{version:int}", summary="Read a version", tags=_TAGS)
async def read(connection: Connection, actor: Actor, version: Version) -> Policy:
    """Any version, so that people can read again what they accepted."""
    return await actions.read_policy(connection, actor, version)


@put("/policies/{version:int}/acceptance", summary="Accept the version in force", tags=_TAGS)
async def accept(connection: Connection, actor: Actor, now: datetime, version: Version) -> PolicyAcceptance:
    """An older version is refused. Accepting again changes nothing."""
    return await actions.accept_policy(connection, actor, version, now)


@get("/policies/{version:int}/share", summary="How many accepted a version", tags=_TAGS)
async def read_share(connection: Connection, actor: Actor, version: Version) -> PolicyShare:
    """Of the active people. For administrators."""
    return await actions.read_policy_share(connection, actor, version)


@get("/me/policy-acceptances", summary="What I accepted", tags=_TAGS)
async def list_mine(connection: Connection, actor: Actor) -> PageOut[PolicyAcceptance]:
    """Newest version first; never more than one page."""
    return PageOut(items=await actions.list_own_acceptances(connection, actor), next_cursor=None)


handlers: list[Any] = [list_versions, publish, read_current, export, read, accept, read_share, list_mine]
