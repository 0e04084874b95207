"""What a client that keeps to no rule sends over a real connection, and what the log of the process then holds."""

import asyncio
import gzip
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

import pytest

from ideation.credentials import ACCESS_TOKEN, SESSION, SIGN_IN_LINK, new_secret
from ideation.database import open_connection
from tests.end_to_end.conftest import Engine
from tests.factories import make_challenge

HOST = b"\r\nHost: localhost\r\nConnection: close\r\n"


async def answers_to(engine: Engine, sent: bytes) -> bytes:
    """Everything that comes back until the connection ends."""
    place = urlsplit(engine.url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    writer.write(sent)
    await writer.drain()
    try:
        return await asyncio.wait_for(reader.read(), 30)
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


def statuses(answers: bytes) -> list[int]:
    return [int(line.split()[1]) for line in answers.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]


@pytest.mark.parametrize(
    "target",
    [
        b"/assets/../../../../../../etc/passwd",
        b"/assets/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        b"/assets/..%2f..%2f..%2fetc%2fpasswd",
        b"/docs/%252e%252e/%252e%252e/etc/passwd",
        b"//etc/passwd",
        b"\\..\\..\\etc\\passwd",
        b"file:///etc/passwd",
        b"http://localhost/../../etc/passwd",
        b"/v1/people%00/../jobs",
        b"/v1/jobs/..;/people",
        b"*",
    ],
)
async def test_path_trick_over_a_real_connection_finds_nothing(api_alone: Engine, target: bytes) -> None:
    answers = await answers_to(api_alone, b"GET " + target + b" HTTP/1.1" + HOST + b"\r\n")
    assert set(statuses(answers)) <= {400, 401, 404}
    assert b"root:" not in answers


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Length: 0\r\nTransfer-Encoding: chunked\r\n",
        b"Content-Length: 0\r\nContent-Length: 44\r\n",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\nContent-Length: 3\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"Content-Length: -1\r\n",
    ],
)
async def test_no_second_request_is_smuggled_behind_one_of_two_lengths(api_alone: Engine, headers: bytes) -> None:
    first = b"POST /v1/sessions HTTP/1.1\r\nHost: localhost\r\n" + headers + b"\r\n"
    hidden = b"0\r\n\r\nGET /health/live HTTP/1.1" + HOST + b"\r\n"
    found = statuses(await answers_to(api_alone, first + hidden))
    assert (200 in found, len(found) <= 1) == (False, True)


async def test_compressed_and_endless_bodies_are_refused_over_a_real_connection(
    api_alone: Engine, stack: AsyncExitStack
) -> None:
    connection = await open_connection(api_alone.environment["IDEATION_DATABASE_URL"])
    person = await api_alone.person(stack, connection)
    ideas = f"/v1/challenges/{await make_challenge(connection)}/ideas"
    await connection.close()
    kind = {"Content-Type": "application/json"}
    packed = gzip.compress(b'{"title": "' + b"x" * 50_000_000 + b'"}')
    compressed = await person.client.post(ideas, content=packed, headers=kind | {"Content-Encoding": "gzip"})
    endless = await person.client.post(ideas, content=b" " * 5_000_000, headers=kind)
    assert [compressed.status_code, endless.status_code] == [415, 413]


async def test_log_of_the_process_holds_no_secret_that_was_sent(api_alone: Engine, stack: AsyncExitStack) -> None:
    connection = await open_connection(api_alone.environment["IDEATION_DATABASE_URL"])
    person = await api_alone.person(stack, connection)
    await connection.close()
    token = str(person.client.headers["Authorization"]).removeprefix("Bearer ")
    made_up = [new_secret(kind) for kind in (ACCESS_TOKEN, SESSION, SIGN_IN_LINK)]
    assert (await person.client.get("/v1/me", params={"token": token})).status_code == 200
    for secret in made_up:
        for path in (f"/v1/me?token={secret}", f"/v1/{secret}", f"/sign-in/{secret}", "/v1/me"):
            headers = {
                "Authorization": f"Bearer {secret}",
                "Cookie": f"ideation_session={secret}",
                "X-Request-Id": secret,
            }
            await person.client.get(path, headers=headers)
        await person.client.post("/v1/sessions", json={"link": secret})
        await answers_to(api_alone, f"GET /{secret} {secret}\r\n{secret}: {secret}".encode() + HOST + b"\r\n")
    logged = (api_alone.log_folder / "api.log").read_text(encoding="utf-8")
    assert logged.count('"event":"request"') >= 5 * len(made_up)
    assert [secret for secret in (token, *made_up) if secret in logged] == []
