"""Ideas: draft, submit, edit, withdraw, restore."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import UNSET
from msgspec.structs import replace

from ideation.actions.challenges import find_visible_challenge
from ideation.actions.ideas_reading import find_visible_idea, new_idea_out, read_idea
from ideation.actions.vectors import encode, store_vector
from ideation.database import Connection
from ideation.entities.challenges import Challenge
from ideation.entities.ideas import Idea, IdeaState, Wording
from ideation.entities.ideas_forms import AskedSubmission, IdeaEdit, IdeaOut, NewDraft, NewIdea
from ideation.entities.people import Actor
from ideation.entities.vectors import IdeaText, SubmittedIdea
from ideation.errors import IdeationError, PreconditionFailed, WrongState
from ideation.ids import new_id
from ideation.queries import challenges as challenge_queries
from ideation.queries import ideas as queries
from ideation.request_context import request_id
from ideation.rules.access import require_taking_part
from ideation.rules.challenges import require_unarchived, require_visible
from ideation.rules.challenges_windows import takes_ideas
from ideation.rules.ideas_writing import (
    closed,
    require_author,
    require_contributor,
    require_idea_state,
    require_not_over,
    require_title,
    tidy,
)
from ideation.staging import stage_job
from ideation.text.encoder import load_encoder
from ideation.text.templates import own_text


async def submit_idea(connection: Connection, actor: Actor, challenge_id: UUID, new: NewIdea, now: datetime) -> IdeaOut:
    """Submit an idea at once; refused unless the challenge takes ideas at the moment it is written."""
    challenge = await require_contributing(connection, actor, challenge_id, now)
    asked = AskedSubmission(actor=actor, challenge_id=challenge_id, new=new, at=now, request_id=request_id.get())
    [submitted] = await _submitted([asked], [challenge])
    if not await queries.submit_ideas(connection, load_encoder().name, [submitted]):
        raise closed(challenge)
    return new_idea_out(actor, challenge, submitted.idea, now)


def ask_to_submit(actor: Actor, challenge_id: UUID, new: NewIdea, now: datetime) -> AskedSubmission:
    """What `submit_together` takes, once this person may take part."""
    require_taking_part(actor)
    return AskedSubmission(actor=actor, challenge_id=challenge_id, new=new, at=now, request_id=request_id.get())


async def submit_together(connection: Connection, asked: Sequence[AskedSubmission]) -> list[IdeaOut | None]:
    """Submit ideas by one statement; None for each that needs `submit_idea`, which says why it is refused."""
    ids = {one.challenge_id for one in asked}
    found = await challenge_queries.find_challenges(connection, list(ids), max(one.at for one in asked))
    challenges = [_open_to(one.actor, found.get(one.challenge_id)) for one in asked]
    pairs = [(one, challenge) for one, challenge in zip(asked, challenges, strict=True) if challenge is not None]
    submitted = await _submitted([one for one, _ in pairs], [challenge for _, challenge in pairs])
    stored = await queries.submit_ideas(connection, load_encoder().name, submitted) if submitted else set()
    answers = {
        id(one): new_idea_out(one.actor, challenge, new.idea, one.at)
        for (one, challenge), new in zip(pairs, submitted, strict=True)
        if new.idea.id in stored
    }
    return [answers.get(id(one)) for one in asked]


def _open_to(actor: Actor, challenge: Challenge | None) -> Challenge | None:
    """The challenge, for those who may submit an idea to it; the rest `submit_idea` tells why not."""
    try:
        visible = require_visible(actor, challenge)
        require_contributor(actor, visible)
    except IdeationError:
        return None
    return visible


async def _submitted(asked: Sequence[AskedSubmission], challenges: Sequence[Challenge]) -> list[SubmittedIdea]:
    ideas = [
        _idea(one.actor, challenge, tidy(one.new.title, one.new.body, one.new.tags), IdeaState.SUBMITTED, one.at)
        for one, challenge in zip(asked, challenges, strict=True)
    ]
    texts = [
        own_text(idea.title, idea.body, challenge.idea_template)
        for idea, challenge in zip(ideas, challenges, strict=True)
    ]
    return [
        SubmittedIdea(idea=idea, vector=vector if vector.any() else None, request_id=one.request_id)
        for idea, vector, one in zip(ideas, await encode(texts), asked, strict=True)
    ]


async def create_draft(
    connection: Connection, actor: Actor, challenge_id: UUID, new: NewDraft, now: datetime
) -> IdeaOut:
    """Keep an idea for later; only its authors see it."""
    challenge = await require_contributing(connection, actor, challenge_id, now)
    require_not_over(challenge)
    idea = _idea(actor, challenge, tidy(new.title, new.body, new.tags), IdeaState.DRAFT, now)
    await queries.add_draft(connection, idea, now)
    return new_idea_out(actor, challenge, idea, now)


async def require_contributing(connection: Connection, actor: Actor, challenge_id: UUID, now: datetime) -> Challenge:
    """The challenge, for those who may write an idea of it; Forbidden for others who see it, NotFound for the rest."""
    require_taking_part(actor)
    challenge = await find_visible_challenge(connection, actor, challenge_id, now)
    require_contributor(actor, challenge)
    return challenge


def _idea(actor: Actor, challenge: Challenge, wording: Wording, state: IdeaState, now: datetime) -> Idea:
    return Idea(
        id=new_id(),
        challenge_id=challenge.id,
        author_id=actor.person_id,
        department=actor.department,
        title=wording.title,
        body=wording.body,
        tags=wording.tags,
        state=state,
        canonical_id=None,
        hidden_at=None,
        revision=1,
        version=1,
        created_at=now,
        updated_at=now,
        submitted_at=None if state is IdeaState.DRAFT else now,
    )


async def submit_draft(connection: Connection, actor: Actor, idea_id: UUID, version: int, now: datetime) -> IdeaOut:
    """Submit a draft as it stands; the challenge must take ideas at this moment."""
    idea, challenge = await find_own_idea(connection, actor, idea_id, version, now)
    require_contributor(actor, challenge)
    require_idea_state(idea, IdeaState.DRAFT, doing="submitted")
    require_title(tidy(idea.title, idea.body, idea.tags))
    if not await queries.submit_draft(connection, idea_id, version, now):
        raise await _refusal(connection, idea, now)
    await _compare(connection, challenge, idea, now)
    return await read_idea(connection, actor, idea_id, now)


async def edit_idea(
    connection: Connection, actor: Actor, idea_id: UUID, edit: IdeaEdit, version: int, now: datetime
) -> IdeaOut:
    """Change the wording: of a draft at any time, of an idea while the challenge takes ideas (a new revision)."""
    idea, challenge = await find_own_idea(connection, actor, idea_id, version, now)
    require_idea_state(idea, IdeaState.DRAFT, IdeaState.SUBMITTED, doing="edited")
    wording = _edited(idea, edit)
    if idea.state is not IdeaState.DRAFT:
        require_title(wording)
    if _same(idea, wording):
        return await read_idea(connection, actor, idea_id, now)
    if not await queries.edit_idea(connection, idea, wording, actor.person_id, now):
        raise await _refusal(connection, idea, now)
    if idea.state is IdeaState.SUBMITTED:
        edited = replace(idea, title=wording.title, body=wording.body, revision=idea.revision + 1)
        await _compare(connection, challenge, edited, now)
    return await read_idea(connection, actor, idea_id, now)


async def _compare(connection: Connection, challenge: Challenge, idea: Idea, now: datetime) -> None:
    """Let the idea be found from this commit on, and have the workers compare it with the others."""
    text = IdeaText(
        id=idea.id, challenge_id=idea.challenge_id, revision=idea.revision, title=idea.title, body=idea.body
    )
    await store_vector(connection, text, challenge)
    await stage_job(connection, "find_duplicates", idea.id, now)


def _edited(idea: Idea, edit: IdeaEdit) -> Wording:
    return tidy(
        idea.title if edit.title is UNSET else edit.title,
        idea.body if edit.body is UNSET else edit.body,
        idea.tags if edit.tags is UNSET else edit.tags,
    )


def _same(idea: Idea, wording: Wording) -> bool:
    return (idea.title, idea.body, idea.tags) == (wording.title, wording.body, wording.tags)


async def withdraw_idea(connection: Connection, actor: Actor, idea_id: UUID, version: int, now: datetime) -> IdeaOut:
    """Take an idea back before it is decided; votes and comments stay on their rows."""
    idea, challenge = await find_own_idea(connection, actor, idea_id, version, now)
    require_unarchived(challenge)
    require_idea_state(idea, IdeaState.SUBMITTED, IdeaState.UNDER_REVIEW, doing="withdrawn")
    if not await queries.withdraw_idea(connection, idea_id, version, now):
        await _require_unchanged(connection, idea)
        raise WrongState(
            "Other ideas are merged into this one; ask a moderator to separate them first.",
            reason="others-merged-into-it",
        )
    return await read_idea(connection, actor, idea_id, now)


async def restore_idea(connection: Connection, actor: Actor, idea_id: UUID, version: int, now: datetime) -> IdeaOut:
    """Bring a withdrawn idea back while the challenge takes ideas."""
    idea, _ = await find_own_idea(connection, actor, idea_id, version, now)
    require_idea_state(idea, IdeaState.WITHDRAWN, doing="restored")
    if not await queries.restore_idea(connection, idea_id, version, now):
        raise await _refusal(connection, idea, now)
    await stage_job(connection, "find_duplicates", idea_id, now)
    return await read_idea(connection, actor, idea_id, now)


async def delete_draft(connection: Connection, actor: Actor, idea_id: UUID, version: int, now: datetime) -> None:
    """Delete a draft for good; an idea that was submitted is withdrawn instead."""
    idea, _ = await find_own_idea(connection, actor, idea_id, version, now)
    require_idea_state(idea, IdeaState.DRAFT, doing="deleted")
    if not await queries.delete_draft(connection, idea_id, version):
        await _require_unchanged(connection, idea)


async def find_own_idea(
    connection: Connection, actor: Actor, idea_id: UUID, version: int, now: datetime
) -> tuple[Idea, Challenge]:
    """An idea this person is an author of, in the version the person read."""
    require_taking_part(actor)
    seen = await find_visible_idea(connection, actor, idea_id, now)
    require_author(author=seen.surroundings.is_author)
    if seen.idea.version != version:
        raise PreconditionFailed(current_version=seen.idea.version)
    return seen.idea, seen.challenge


async def _refusal(connection: Connection, idea: Idea, now: datetime) -> Exception:
    """Why a guarded statement changed nothing: somebody was faster, or the challenge takes no ideas."""
    await _require_unchanged(connection, idea)
    challenge = await challenge_queries.find_challenge(connection, idea.challenge_id, now)
    if challenge is None or takes_ideas(challenge, now):
        return PreconditionFailed()
    return closed(challenge)


async def _require_unchanged(connection: Connection, idea: Idea) -> None:
    current = await queries.find_idea(connection, idea.id)
    if current is None or current.version != idea.version:
        raise PreconditionFailed(current_version=None if current is None else current.version)
