"""Bodies are read before anything is held for their request: a slow sender keeps no database connection waiting."""

import asyncio

from litestar.exceptions import HTTPException
from litestar.types import HTTPScope, Receive, ReceiveMessage

BODY_SECONDS = 20.0


async def read_ahead(scope: HTTPScope, receive: Receive, max_bytes: int) -> Receive:
    """What gives the body again, now that all of it is here; a problem if it does not come, or comes compressed.

    Of a body that is too large only so much is read as it takes to see that; Litestar refuses it with 413. A route
    with `opt={"streams": True}` reads its body by itself.
    """
    headers = dict(scope["headers"])
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise HTTPException(status_code=415, detail="Send the body as it is, without Content-Encoding.")
    if scope["route_handler"].opt.get("streams") or _declared_bytes(headers) > max_bytes:
        return receive
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return _again(await _read(receive, max_bytes), receive)
    except TimeoutError:
        raise HTTPException(status_code=408, headers={"Connection": "close"}) from None


def _declared_bytes(headers: dict[bytes, bytes]) -> int:
    declared = headers.get(b"content-length", b"")
    return int(declared) if declared.isdigit() else 0


async def _read(receive: Receive, max_bytes: int) -> list[ReceiveMessage]:
    messages: list[ReceiveMessage] = []
    received = 0
    while received <= max_bytes:
        message = await receive()
        messages.append(message)
        if message["type"] != "http.request" or not message["more_body"]:
            break
        received += len(message["body"])
    return messages


def _again(messages: list[ReceiveMessage], receive: Receive) -> Receive:
    waiting = iter(messages)

    async def give() -> ReceiveMessage:
        for message in waiting:
            return message
        return await receive()

    return give
