"""HEAD is GET without a body."""

from typing import cast

from litestar.types import HTTPReceiveMessage, Message, Receive, Scope, Send

from api.heads import HeadAsGet
from tests.api.conftest import Api
from tests.factories import make_challenge, make_person


async def test_head_says_what_get_would_without_sending_it(api: Api) -> None:
    client = await api.client_for(await make_person(api.connection))
    challenge_id = await make_challenge(api.connection)
    browser = await api.browser_for(await make_person(api.connection))
    for one, address in ((client, f"/v1/challenges/{challenge_id}"), (browser, f"/challenges/{challenge_id}")):
        head, read = await one.head(address), await one.get(address)
        assert (head.status_code, head.content, read.status_code) == (200, b"", 200)
        varying = {"x-request-id", "ratelimit-remaining", "ratelimit-reset", "content-length"}
        said = [
            {name: value for name, value in answer.headers.items() if name not in varying} for answer in (head, read)
        ]
        assert said[0] == said[1]
        assert int(head.headers["content-length"]) > 0


async def test_head_is_counted_as_itself_and_by_its_route(api: Api) -> None:
    client = await api.client_for(await make_person(api.connection))
    await client.head(f"/v1/challenges/{await make_challenge(api.connection)}")
    counted = (await api.anonymous.get("/metrics")).text
    lines = [
        line for line in counted.splitlines() if 'method="HEAD"' in line and "/v1/challenges/{challenge_id" in line
    ]
    assert lines != []


async def test_stream_asked_for_by_head_ends_at_once() -> None:
    sent: list[Message] = []

    async def stream(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope.get("method") == "GET"
        scope["path_template"] = "/events"
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while not any(message["type"] == "http.response.body" for message in sent):
            await send({"type": "http.response.body", "body": b"news", "more_body": True})
        assert (await receive())["type"] == "http.disconnect"

    async def receive() -> HTTPReceiveMessage:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = cast("Scope", {"type": "http", "method": "HEAD"})
    await HeadAsGet(stream)(scope, receive, send)
    assert sent == [
        {"type": "http.response.start", "status": 200, "headers": []},
        {"type": "http.response.body", "body": b"", "more_body": False},
    ]
    assert (scope.get("method"), scope["path_template"]) == ("HEAD", "/events")
