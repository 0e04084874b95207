"""Whose credentials requests carry: looked up for every request, together for those that come at once."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime

from api.batches import Batches
from api.pools import lent
from ideation.database import Connection, Pool
from ideation.entities.sign_in import Credential
from ideation.queries.sign_in import find_actors_by_session, find_actors_by_token

_Find = Callable[[Connection, Sequence[bytes]], Awaitable[list[Credential | None]]]


class Callers:
    """Looks credentials up by the digests of their secrets."""

    def __init__(self, pool: Callable[[], Pool]) -> None:
        self._pool = pool
        self._tokens = Batches(self._finder(find_actors_by_token))
        self._sessions = Batches(self._finder(find_actors_by_session))

    async def by_token(self, token_hash: bytes) -> Credential | None:
        """Whose access token this is; None when unknown, revoked or of somebody who may no longer sign in."""
        return await self._tokens.ask(token_hash)

    async def by_session(self, token_hash: bytes) -> Credential | None:
        """Whose browser session this is; None when unknown, ended or of somebody who may no longer sign in."""
        return await self._sessions.ask(token_hash)

    async def still_valid(self, credentials: Collection[Credential], now: datetime) -> set[Credential]:
        """Those of these credentials that still stand for the same person with the same rights."""
        by_token = [one.token_hash for one in credentials if one.token_id is not None]
        by_session = [one.token_hash for one in credentials if one.token_id is None]
        async with lent(self._pool()) as connection:
            found = await find_actors_by_token(connection, by_token) if by_token else []
            found += await find_actors_by_session(connection, by_session) if by_session else []
        return {one for one in found if one is not None and one.expires_at > now} & set(credentials)

    def _finder(self, find: _Find) -> Callable[[Sequence[bytes]], Awaitable[list[Credential | None]]]:
        async def answer(token_hashes: Sequence[bytes]) -> list[Credential | None]:
            async with lent(self._pool()) as connection:
                return await find(connection, token_hashes)

        return answer
