"""Whose credentials requests carry: looked up for every request, together for those that come at once."""

from collections.abc import Awaitable, Callable, Sequence

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

    def _finder(self, find: _Find) -> Callable[[Sequence[bytes]], Awaitable[list[Credential | None]]]:
        async def answer(token_hashes: Sequence[bytes]) -> list[Credential | None]:
            async with lent(self._pool()) as connection:
                return await find(connection, token_hashes)

        return answer
