"""When access tokens were last used, gathered in memory and written once a minute, so that no request waits for it."""

from datetime import datetime
from uuid import UUID

from api.background import Repeating
from ideation.database import Pool
from ideation.queries.sign_in import note_token_uses

FLUSH_SECONDS = 60.0


class TokenUses:
    """The uses since the last write."""

    def __init__(self) -> None:
        self._uses: dict[UUID, datetime] = {}
        self._pool: Pool | None = None
        self._repeating = Repeating("token uses", FLUSH_SECONDS, self.flush)

    def note(self, token_id: UUID, now: datetime) -> None:
        """A token was used."""
        self._uses[token_id] = now

    def start(self, pool: Pool) -> None:
        """Begin to write to this pool's database."""
        self._pool = pool
        self._repeating.start()

    async def stop(self) -> None:
        """Write what is left, and end."""
        await self._repeating.stop()

    async def flush(self) -> None:
        """Write the uses noted so far; if that fails, they are lost, which harms nobody."""
        uses, self._uses = self._uses, {}
        if uses and self._pool is not None:
            async with self._pool.acquire() as connection:
                await note_token_uses(connection, uses)
