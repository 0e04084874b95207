"""Challenges: draft, edit, publish, extend, close, reopen, archive, read and list."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Response, delete, get, patch, post
from litestar.params import Parameter, QueryParameter

from api.dependencies import AnyRequest
from api.etags import require_if_match, with_etag
from api.paging import PageOut, PageRequest, page_out
from ideation.actions import board, challenges, challenges_stages
from ideation.database import Connection
from ideation.entities.board import Board
from ideation.entities.challenges import ChallengeState
from ideation.entities.challenges_check import ChallengeCheck
from ideation.entities.challenges_forms import (
    ChallengeClosing,
    ChallengeEdit,
    ChallengeItem,
    ChallengeOut,
    NewChallenge,
    NewClosing,
    ParticipationOut,
)
from ideation.entities.people import Actor

_TAGS = ["challenges"]

State = Annotated[ChallengeState | None, QueryParameter(name="state", description="Only challenges in this state.")]
Mine = Annotated[bool, Parameter(description="Only challenges you own or sponsor.")]


@get("/challenges", summary="List challenges", tags=_TAGS)
async def list_challenges(
    connection: Connection, actor: Actor, now: datetime, page: PageRequest, in_state: State = None, mine: Mine = False
) -> PageOut[ChallengeItem]:
    """Challenges you may see, the newest first; drafts only for those who run them."""
    found = await challenges.list_challenges(
        connection, actor, now=now, limit=page.limit, after=page.after, state=in_state, mine=mine
    )
    return page_out(found, page)


@post("/challenges", summary="Draft a challenge", tags=_TAGS)
async def create_challenge(
    connection: Connection, actor: Actor, now: datetime, data: NewChallenge
) -> Response[ChallengeOut]:
    """Only the question is needed; everything else can follow until it is published. For challenge owners."""
    return _tagged(await challenges.create_challenge(connection, actor, data, now))


@get("/challenges/{challenge_id:uuid}", summary="Read a challenge", tags=_TAGS)
async def read_challenge(
    challenge_id: UUID, connection: Connection, actor: Actor, now: datetime
) -> Response[ChallengeOut]:
    """The question with its state, windows, criteria and rules."""
    return _tagged(await challenges.read_challenge(connection, actor, challenge_id, now))


@patch("/challenges/{challenge_id:uuid}", summary="Edit a challenge", tags=_TAGS)
async def edit_challenge(
    challenge_id: UUID, request: AnyRequest, connection: Connection, actor: Actor, now: datetime, data: ChallengeEdit
) -> Response[ChallengeOut]:
    """Fields left out stay as they are. What people were promised cannot change once the challenge runs."""
    version = require_if_match(request)
    return _tagged(await challenges.edit_challenge(connection, actor, challenge_id, data, version, now))


@delete("/challenges/{challenge_id:uuid}", summary="Delete a draft", tags=_TAGS)
async def delete_challenge(challenge_id: UUID, connection: Connection, actor: Actor, now: datetime) -> None:
    """Only a draft that holds no ideas; others are archived."""
    await challenges.delete_draft_challenge(connection, actor, challenge_id, now)


@get("/challenges/{challenge_id:uuid}/participation", summary="Read how many took part", tags=_TAGS)
async def read_participation(
    challenge_id: UUID, connection: Connection, actor: Actor, now: datetime
) -> ParticipationOut:
    """Ideas, people and answers; the share of ideas that were decided, and the median hours from idea to decision."""
    return await challenges.read_participation(connection, actor, challenge_id, now)


@get("/challenges/{challenge_id:uuid}/board", summary="Watch a challenge", tags=_TAGS)
async def read_board(challenge_id: UUID, connection: Connection, actor: Actor, now: datetime) -> Board:
    """Participation by day and department, small departments folded together, and how evenly ideas were shown."""
    return await board.read_board(connection, actor, challenge_id, now)


@get("/challenges/{challenge_id:uuid}/check", summary="Check a challenge before publishing", tags=_TAGS)
async def check_challenge(challenge_id: UUID, connection: Connection, actor: Actor, now: datetime) -> ChallengeCheck:
    """Every date and criterion that prevents publishing, and advice on the others. For those who run it."""
    return await challenges.read_check(connection, actor, challenge_id, now)


@post("/challenges/{challenge_id:uuid}/publish", summary="Publish a challenge", tags=_TAGS, status_code=200)
async def publish_challenge(
    challenge_id: UUID, request: AnyRequest, connection: Connection, actor: Actor, now: datetime
) -> Response[ChallengeOut]:
    """Makes a draft visible to its audience; its dates then say when it runs. The weights must sum to 1."""
    version = require_if_match(request)
    return _tagged(await challenges_stages.publish_challenge(connection, actor, challenge_id, version, now))


@post("/challenges/{challenge_id:uuid}/extend", summary="Extend a challenge", tags=_TAGS, status_code=200)
async def extend_challenge(
    challenge_id: UUID, request: AnyRequest, connection: Connection, actor: Actor, now: datetime, data: NewClosing
) -> Response[ChallengeOut]:
    """Moves the ends of submitting and voting to later moments, before the challenge has closed."""
    version = require_if_match(request)
    return _tagged(await challenges_stages.extend_challenge(connection, actor, challenge_id, data, version, now))


@post("/challenges/{challenge_id:uuid}/close", summary="Close a challenge early", tags=_TAGS, status_code=200)
async def close_challenge(
    challenge_id: UUID,
    request: AnyRequest,
    connection: Connection,
    actor: Actor,
    now: datetime,
    data: ChallengeClosing,
) -> Response[ChallengeOut]:
    """Ends submitting and voting at this moment."""
    version = require_if_match(request)
    return _tagged(await challenges_stages.close_challenge_early(connection, actor, challenge_id, data, version, now))


@post("/challenges/{challenge_id:uuid}/reopen", summary="Reopen a challenge", tags=_TAGS, status_code=200)
async def reopen_challenge(
    challenge_id: UUID, request: AnyRequest, connection: Connection, actor: Actor, now: datetime, data: NewClosing
) -> Response[ChallengeOut]:
    """Takes ideas and votes again after the close; earlier rankings stay as they were."""
    version = require_if_match(request)
    return _tagged(await challenges_stages.reopen_challenge(connection, actor, challenge_id, data, version, now))


@post("/challenges/{challenge_id:uuid}/archive", summary="Archive a challenge", tags=_TAGS, status_code=200)
async def archive_challenge(
    challenge_id: UUID, request: AnyRequest, connection: Connection, actor: Actor, now: datetime
) -> Response[ChallengeOut]:
    """Puts it away: everything stays readable, nothing changes any more."""
    version = require_if_match(request)
    return _tagged(await challenges_stages.archive_challenge(connection, actor, challenge_id, version, now))


def _tagged(challenge: ChallengeOut) -> Response[ChallengeOut]:
    return with_etag(challenge, challenge.version)


handlers = [
    list_challenges,
    create_challenge,
    read_challenge,
    edit_challenge,
    delete_challenge,
    read_participation,
    read_board,
    check_challenge,
    publish_challenge,
    extend_challenge,
    close_challenge,
    reopen_challenge,
    archive_challenge,
]
