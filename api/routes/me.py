"""The signed-in person."""

from datetime import datetime
from typing import Any

from litestar import get

from ideation.actions import personal_data as actions
from ideation.database import Connection
from ideation.entities.people import Actor, Me
from ideation.entities.personal_data import PersonalData

_TAGS = ["Me"]


@get("/me", summary="Who am I?", tags=_TAGS)
async def read_me(connection: Connection, actor: Actor) -> Me:
    """My roles and scopes, where I stand with the usage policy, and how much I have not read."""
    return await actions.read_me(connection, actor)


@get("/me/data", summary="Everything known about me", tags=_TAGS)
async def read_data(connection: Connection, actor: Actor, now: datetime) -> PersonalData:
    """The stored rows about me, by table; only secrets are left out."""
    return await actions.read_personal_data(connection, actor, now)


handlers: list[Any] = [read_me, read_data]
