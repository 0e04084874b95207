"""What all requests of one process share: settings, clock, connection pools, counters, statements asked together."""

from collections.abc import Callable
from datetime import UTC, datetime

from litestar import Litestar

from api.ballots import Ballots
from api.batches import LANES
from api.callers import Callers
from api.hands import Hands
from api.kept import Kept
from api.live import Live
from api.metrics import Metrics
from api.rate_limits import RateLimiter
from api.submissions import Submissions
from api.token_uses import TokenUses
from ideation.database import Pool, open_pool
from ideation.settings import Settings

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The time of this machine, with its zone."""
    return datetime.now(UTC)


class Platform:
    """Made with the application, opened and closed with its lifespan."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock
        self.metrics = Metrics()
        self.rate_limiter = RateLimiter(settings)
        self.token_uses = TokenUses()
        self.callers = Callers(lambda: self.planned_readers)
        self.ballots = Ballots(lambda: self.planned_writers)
        self.hands = Hands(lambda: self.planned_writers)
        self.submissions = Submissions(lambda: self.planned_writers)
        self.live = Live(self)
        self.kept = Kept()
        self._pools: tuple[Pool, ...] | None = None

    @property
    def writers(self) -> Pool:
        """Connections for requests that change something."""
        return self._opened()[0]

    @property
    def readers(self) -> Pool:
        """Connections that refuse to write, for GET requests."""
        return self._opened()[1]

    @property
    def planned_readers(self) -> Pool:
        """The same for statements that are planned once: who is calling, and pages without optional filters."""
        return self._opened()[2]

    @property
    def planned_writers(self) -> Pool:
        """Connections for what is written together, votes, hands and ideas, by statements that are planned once."""
        return self._opened()[3]

    async def open(self) -> None:
        """Open the pools and start what runs beside the requests."""
        url, size = self.settings.database_url, self.settings.database_pool_size
        self._pools = (
            await open_pool(url, size=size),
            await open_pool(url, size=size, read_only=True),
            await open_pool(url, size=size, read_only=True, plans="force_generic_plan"),
            await open_pool(url, size=min(size, 2 * LANES), plans="force_generic_plan"),
        )
        self.rate_limiter.start()
        self.live.start()
        self.token_uses.start(self.writers)

    async def close(self) -> None:
        """Stop what runs beside the requests, write what it still holds, and close the pools."""
        await self.live.stop()
        await self.rate_limiter.stop()
        await self.token_uses.stop()
        for pool in self._opened():
            await pool.close()

    def _opened(self) -> tuple[Pool, ...]:
        if self._pools is None:
            raise RuntimeError("the application was not started: its lifespan opens the pools")
        return self._pools


def platform_of(app: Litestar) -> Platform:
    """The platform of an application made by `create_app`."""
    platform: Platform = app.state.platform
    return platform
