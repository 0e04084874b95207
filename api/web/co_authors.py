"""Co-authors on an idea's page: inviting a colleague, answering an invitation, leaving."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, post

from api.dependencies import AnyRequest
from api.web.forms import read_form
from api.web.views import View
from ideation.actions import idea_authors, people
from ideation.database import Connection
from ideation.entities.idea_authors import Invitation, InvitationAnswer
from ideation.entities.ideas import IdeaState
from ideation.entities.ideas_forms import IdeaOut
from ideation.entities.people import Actor, PersonFilter
from ideation.errors import AlreadyExists, Invalid

_FOUND = 8
_OPEN = (IdeaState.DRAFT, IdeaState.SUBMITTED, IdeaState.UNDER_REVIEW)


async def co_author_values(
    view: View, connection: Connection, actor: Actor, idea: IdeaOut, now: datetime
) -> dict[str, Any]:
    """What the page shows authors and those invited: who else writes, and colleagues found by name to invite."""
    named = idea.is_author or idea.is_invited
    co_authors = await idea_authors.list_co_authors(connection, actor, idea.id, now) if named else []
    wanted, found = view.word("colleague"), []
    if wanted and idea.is_author and idea.state in _OPEN:
        known = {author.person_id for author in co_authors}
        listed = await people.list_people(connection, actor, PersonFilter(query=wanted), limit=_FOUND, after=None)
        found = [person for person in listed.items if person.id not in known]
    return {
        "co_authors": co_authors,
        "may_invite": idea.is_author and idea.state in _OPEN,
        "colleagues": found,
        "wanted_colleague": wanted or "",
    }


@post("/ideas/{idea_id:uuid}/co-authors")
async def invite(
    idea_id: UUID, request: AnyRequest, view: View, connection: Connection, actor: Actor, now: datetime
) -> Response[bytes]:
    """Asks a colleague to be named."""
    invitation = Invitation(person_id=(await read_form(request)).id("person"))
    try:
        await idea_authors.invite_co_author(connection, actor, idea_id, invitation, now)
    except (Invalid, AlreadyExists):
        return view.redirect(f"/ideas/{idea_id}#authors", "not_invited")
    return view.redirect(f"/ideas/{idea_id}#authors", "invited")


@post("/ideas/{idea_id:uuid}/invitation")
async def answer_invitation(
    idea_id: UUID, request: AnyRequest, view: View, connection: Connection, actor: Actor, now: datetime
) -> Response[bytes]:
    """Agrees to be named, or declines."""
    agree = (await read_form(request)).text("button") == "agree"
    await idea_authors.answer_invitation(connection, actor, idea_id, InvitationAnswer(agree=agree), now)
    return view.redirect(f"/ideas/{idea_id}" if agree else "/", "invitation_agreed" if agree else "invitation_declined")


@post("/ideas/{idea_id:uuid}/co-authors/remove")
async def remove(
    idea_id: UUID, request: AnyRequest, view: View, connection: Connection, actor: Actor, now: datetime
) -> Response[bytes]:
    """Takes a co-author or an invitation off the idea; whoever takes themselves off goes home."""
    person_id = (await read_form(request)).id("person")
    await idea_authors.remove_co_author(connection, actor, idea_id, person_id, now)
    return view.redirect("/" if person_id == actor.person_id else f"/ideas/{idea_id}#authors", "co_author_removed")


handlers = [invite, answer_invitation, remove]
