"""HEAD is answered as GET of the same address, without its body."""

from typing import cast

from litestar.types import ASGIApp, Message, Receive, Scope, Send


class HeadAsGet:
    """Has every handler of GET answer HEAD as well, after the same questions of who may."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run one request."""
        if scope.get("method") != "HEAD":
            await self._app(scope, receive, send)
            return
        asked = cast("Scope", {**scope, "method": "GET"})

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send(message)
                # At once: a stream hears that nobody listens any more.
                await send({"type": "http.response.body", "body": b"", "more_body": False})

        try:
            await self._app(asked, receive, send_head)
        finally:
            # What was noted about the request, such as its route.
            cast("dict[str, object]", scope).update({**asked, "method": "HEAD"})
