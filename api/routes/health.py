"""Whether this process lives, and whether it can answer."""

from litestar import get

_UNCOUNTED = {"uncounted": True}


@get("/health/live", opt=_UNCOUNTED, include_in_schema=False)
async def live() -> dict[str, str]:
    """This process answers; nothing else is asked."""
    return {"status": "live"}


handlers = [live]
