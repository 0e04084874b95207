"""Co-authors: invited by an author, named once they agreed."""

from datetime import datetime
from uuid import UUID

from ideation.actions.ideas_reading import SeenIdea, find_visible_idea
from ideation.actions.notifications import notify, notify_all
from ideation.actions.replacements import replace_conflicted
from ideation.database import Connection
from ideation.entities.idea_authors import AuthorStatus, CoAuthor, Invitation, InvitationAnswer
from ideation.entities.ideas import IdeaState
from ideation.entities.people import Actor
from ideation.errors import AlreadyExists, Forbidden, Invalid, NotFound, WrongState
from ideation.queries import idea_authors as queries
from ideation.queries.assignments import hold_panel
from ideation.rules.access import require_taking_part
from ideation.rules.challenges import require_unarchived
from ideation.rules.ideas_writing import require_author, require_idea_state

MAX_AUTHORS = 20


async def list_co_authors(connection: Connection, actor: Actor, idea_id: UUID, now: datetime) -> list[CoAuthor]:
    """Authors and invitations, for those named in them."""
    seen = await find_visible_idea(connection, actor, idea_id, now)
    if not (seen.surroundings.is_author or seen.surroundings.is_invited):
        raise Forbidden(
            "Only the authors of the idea and those invited see the invitations.", reason="invitations-of-authors"
        )
    return await queries.list_co_authors(connection, idea_id)


async def invite_co_author(
    connection: Connection, actor: Actor, idea_id: UUID, invitation: Invitation, now: datetime
) -> list[CoAuthor]:
    """Ask a colleague to be named as a co-author; they are told and answer themselves."""
    seen = await _find_open_idea(connection, actor, idea_id, now)
    require_author(author=seen.surroundings.is_author)
    await _require_invitable(connection, idea_id, invitation.person_id)
    if not await queries.invite(connection, idea_id, invitation.person_id, actor.person_id, now):
        raise AlreadyExists("This person is invited already.", reason="invited-already")
    await notify(
        connection,
        invitation.person_id,
        "co_author_invited",
        f"You are invited to be a co-author of {_named(seen)}.",
        f"co_author_invited:{idea_id}:{now.isoformat()}",
        now=now,
        challenge_id=seen.challenge.id,
        idea_id=idea_id,
    )
    return await queries.list_co_authors(connection, idea_id)


async def _find_open_idea(connection: Connection, actor: Actor, idea_id: UUID, now: datetime) -> SeenIdea:
    require_taking_part(actor)
    seen = await find_visible_idea(connection, actor, idea_id, now)
    require_unarchived(seen.challenge)
    require_idea_state(
        seen.idea, IdeaState.DRAFT, IdeaState.SUBMITTED, IdeaState.UNDER_REVIEW, doing="given other authors"
    )
    return seen


async def _require_invitable(connection: Connection, idea_id: UUID, person_id: UUID) -> None:
    invitee = await queries.find_invitee(connection, idea_id, person_id)
    if invitee is None or not invitee.active:
        raise Invalid("person_id names nobody who is active here.", field="person_id", reason="invited-nobody")
    if invitee.status is not None:
        raise AlreadyExists(_STANDING[invitee.status], invitation=invitee.status, reason="invited-already")
    if not invitee.in_audience:
        raise Invalid("The challenge is not open to this person.", field="person_id", reason="invited-outside")
    if invitee.author_count >= MAX_AUTHORS:
        raise Invalid(
            f"An idea has at most {MAX_AUTHORS} authors.",
            field="person_id",
            reason="too-many-authors",
            maximum=MAX_AUTHORS,
        )


_STANDING = {
    AuthorStatus.INVITED: "This person is invited already.",
    AuthorStatus.AGREED: "This person is an author already.",
    AuthorStatus.DECLINED: "This person has declined to be a co-author.",
}


async def answer_invitation(
    connection: Connection, actor: Actor, idea_id: UUID, answer: InvitationAnswer, now: datetime
) -> None:
    """Agree to be named as a co-author, or decline. Nobody votes on an own idea: an earlier vote on it is removed.

    Nobody reviews one either: whoever was asked to, and has not sent it, is replaced.
    """
    seen = await _find_open_idea(connection, actor, idea_id, now)
    if answer.agree:
        # Before the vote and the counters of its idea: a merge takes them in this order.
        await hold_panel(connection, seen.challenge.id)
    if not await queries.answer_invitation(connection, idea_id, actor.person_id, answer.agree, now):
        raise NotFound("No invitation to this idea waits for your answer.")
    if answer.agree:
        await replace_conflicted(connection, seen.challenge.id, now)
    others = set(await queries.author_ids(connection, idea_id)) - {actor.person_id}
    word = "agreed to be" if answer.agree else "declined to be"
    await notify_all(
        connection,
        sorted(others),
        "co_author_answered",
        f"An invited colleague {word} a co-author of {_named(seen)}.",
        f"co_author_answered:{idea_id}:{actor.person_id}",
        now=now,
        challenge_id=seen.challenge.id,
        idea_id=idea_id,
    )


async def remove_co_author(connection: Connection, actor: Actor, idea_id: UUID, person_id: UUID, now: datetime) -> None:
    """An author takes a co-author or an invitation back; a co-author leaves. The first author stays."""
    seen = await _find_open_idea(connection, actor, idea_id, now)
    require_author(author=seen.surroundings.is_author)
    if person_id == seen.idea.author_id:
        raise WrongState("The first author cannot leave the idea; withdraw it instead.", reason="first-author-stays")
    if not await queries.remove_co_author(connection, idea_id, person_id):
        raise NotFound("This person is neither a co-author nor invited.")


def _named(seen: SeenIdea) -> str:
    return f'"{seen.idea.title}"' if seen.idea.title else "an idea that has no title yet"
