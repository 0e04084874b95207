"""Ideas: draft, submit, edit, withdraw, restore, read, list, and their co-authors."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Response, delete, get, patch, post, put
from litestar.params import Parameter, QueryParameter

from api.dependencies import WITHOUT_CONNECTION, AnyRequest
from api.etags import require_if_match, with_etag
from api.paging import PageOut, PageRequest, page_out
from api.parameters import OptionalText
from api.unit_of_work import work_of
from ideation.actions import idea_authors, ideas, ideas_listing, ideas_reading
from ideation.database import Connection
from ideation.entities.idea_authors import CoAuthor, Invitation, InvitationAnswer
from ideation.entities.ideas import IdeaState
from ideation.entities.ideas_forms import (
    IdeaEdit,
    IdeaFilter,
    IdeaItem,
    IdeaOut,
    IdeaSort,
    MyIdea,
    NewDraft,
    NewIdea,
    Revision,
)
from ideation.entities.people import Actor

_TAGS = ["ideas"]

Sort = Annotated[
    IdeaSort,
    Parameter(
        description="`random` is your own order of the day; `trending` and `supported` only where counts may be "
        "seen. With `q`, the best matches come first instead."
    ),
]
State = Annotated[IdeaState | None, QueryParameter(name="state", description="Only ideas in this state.")]
Theme = Annotated[UUID | None, Parameter(description="Only ideas of this theme or the themes below it.")]


@get("/challenges/{challenge_id:uuid}/ideas", summary="List the ideas of a challenge", tags=_TAGS)
async def list_ideas(
    challenge_id: UUID,
    connection: Connection,
    actor: Actor,
    now: datetime,
    page: PageRequest,
    sort: Sort = IdeaSort.NEWEST,
    in_state: State = None,
    theme_id: Theme = None,
    tag: OptionalText = None,
    department: OptionalText = None,
    q: OptionalText = None,
) -> PageOut[IdeaItem]:
    """Submitted ideas; those merged into another are counted with it. `q` searches titles and texts."""
    text = q if q and q.strip() else None
    kept = IdeaFilter(state=in_state, theme_id=theme_id, tag=tag, department=department, text=text)
    found = await ideas_listing.list_ideas(
        connection, actor, challenge_id, now=now, limit=page.limit, after=page.after, kept=kept, sort=sort
    )
    return page_out(found, page)


@post(
    "/challenges/{challenge_id:uuid}/ideas",
    summary="Submit an idea",
    tags=_TAGS,
    opt={"one_statement": True},
    dependencies=WITHOUT_CONNECTION,
)
async def submit_idea(
    challenge_id: UUID, request: AnyRequest, actor: Actor, now: datetime, data: NewIdea
) -> Response[IdeaOut]:
    """Refused with 409 unless the challenge takes ideas at this very moment."""
    work = work_of(request.scope)
    if work.claim is not None:
        # Written with the answer that is kept for this key, or not at all.
        return _tagged(await ideas.submit_idea(await work.connection(), actor, challenge_id, data, now))
    return _tagged(await work.platform.submissions.submit(work.connection, actor, challenge_id, data, now))


@post("/challenges/{challenge_id:uuid}/drafts", summary="Keep an idea as a draft", tags=_TAGS)
async def create_draft(
    challenge_id: UUID, connection: Connection, actor: Actor, now: datetime, data: NewDraft
) -> Response[IdeaOut]:
    """Seen by its authors only until it is submitted."""
    return _tagged(await ideas.create_draft(connection, actor, challenge_id, data, now))


@get("/me/ideas", summary="List my ideas", tags=_TAGS)
async def list_my_ideas(
    connection: Connection, actor: Actor, page: PageRequest, challenge_id: UUID | None = None
) -> PageOut[MyIdea]:
    """What you wrote, agreed to or are invited to, drafts too; the latest change first."""
    found = await ideas_reading.list_my_ideas(
        connection, actor, limit=page.limit, after=page.after, challenge_id=challenge_id
    )
    return page_out(found, page)


@get("/ideas/{idea_id:uuid}", summary="Read an idea", tags=_TAGS, opt={"planned_once": True})
async def read_idea(idea_id: UUID, connection: Connection, actor: Actor, now: datetime) -> Response[IdeaOut]:
    """With everything you may know of it: `authors` is null where they are hidden, `counts` until you have answered."""
    return _tagged(await ideas_reading.read_idea(connection, actor, idea_id, now))


@patch("/ideas/{idea_id:uuid}", summary="Edit an idea", tags=_TAGS)
async def edit_idea(
    idea_id: UUID, request: AnyRequest, connection: Connection, actor: Actor, now: datetime, data: IdeaEdit
) -> Response[IdeaOut]:
    """For its authors, while the challenge takes ideas. Every wording is kept."""
    version = require_if_match(request)
    return _tagged(await ideas.edit_idea(connection, actor, idea_id, data, version, now))


@delete("/ideas/{idea_id:uuid}", summary="Delete a draft", tags=_TAGS)
async def delete_draft(idea_id: UUID, request: AnyRequest, connection: Connection, actor: Actor, now: datetime) -> None:
    """Only a draft; a submitted idea is withdrawn instead."""
    await ideas.delete_draft(connection, actor, idea_id, require_if_match(request), now)


@post("/ideas/{idea_id:uuid}/submit", summary="Submit a draft", tags=_TAGS, status_code=200)
async def submit_draft(
    idea_id: UUID, request: AnyRequest, connection: Connection, actor: Actor, now: datetime
) -> Response[IdeaOut]:
    """Refused with 409 unless the challenge takes ideas at this very moment."""
    return _tagged(await ideas.submit_draft(connection, actor, idea_id, require_if_match(request), now))


@post("/ideas/{idea_id:uuid}/withdraw", summary="Withdraw an idea", tags=_TAGS, status_code=200)
async def withdraw_idea(
    idea_id: UUID, request: AnyRequest, connection: Connection, actor: Actor, now: datetime
) -> Response[IdeaOut]:
    """For its authors, before it is decided."""
    return _tagged(await ideas.withdraw_idea(connection, actor, idea_id, require_if_match(request), now))


@post("/ideas/{idea_id:uuid}/restore", summary="Restore a withdrawn idea", tags=_TAGS, status_code=200)
async def restore_idea(
    idea_id: UUID, request: AnyRequest, connection: Connection, actor: Actor, now: datetime
) -> Response[IdeaOut]:
    """For its authors, while the challenge takes ideas."""
    return _tagged(await ideas.restore_idea(connection, actor, idea_id, require_if_match(request), now))


@get("/ideas/{idea_id:uuid}/revisions", summary="List the wordings of an idea", tags=_TAGS)
async def list_revisions(idea_id: UUID, connection: Connection, actor: Actor, now: datetime) -> list[Revision]:
    """Every wording, the latest first."""
    return await ideas_reading.list_revisions(connection, actor, idea_id, now)


@get("/ideas/{idea_id:uuid}/co-authors", summary="List authors and invitations", tags=_TAGS)
async def list_co_authors(idea_id: UUID, connection: Connection, actor: Actor, now: datetime) -> list[CoAuthor]:
    """For the authors and those invited."""
    return await idea_authors.list_co_authors(connection, actor, idea_id, now)


@post("/ideas/{idea_id:uuid}/co-authors", summary="Invite a co-author", tags=_TAGS)
async def invite_co_author(
    idea_id: UUID, connection: Connection, actor: Actor, now: datetime, data: Invitation
) -> list[CoAuthor]:
    """The colleague is told, and is named once they agree."""
    return await idea_authors.invite_co_author(connection, actor, idea_id, data, now)


@put("/ideas/{idea_id:uuid}/invitation", summary="Answer an invitation", tags=_TAGS, status_code=204)
async def answer_invitation(
    idea_id: UUID, connection: Connection, actor: Actor, now: datetime, data: InvitationAnswer
) -> None:
    """Agree to be named as a co-author, or decline."""
    await idea_authors.answer_invitation(connection, actor, idea_id, data, now)


@delete("/ideas/{idea_id:uuid}/co-authors/{person_id:uuid}", summary="Remove a co-author", tags=_TAGS)
async def remove_co_author(idea_id: UUID, person_id: UUID, connection: Connection, actor: Actor, now: datetime) -> None:
    """An author removes a co-author or an invitation; a co-author leaves."""
    await idea_authors.remove_co_author(connection, actor, idea_id, person_id, now)


def _tagged(idea: IdeaOut) -> Response[IdeaOut]:
    return with_etag(idea, idea.version)


handlers = [
    list_ideas,
    submit_idea,
    create_draft,
    list_my_ideas,
    read_idea,
    edit_idea,
    delete_draft,
    submit_draft,
    withdraw_idea,
    restore_idea,
    list_revisions,
    list_co_authors,
    invite_co_author,
    answer_invitation,
    remove_co_author,
]
