"""Ways around the limits on requests, none of which is one."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from api.platform import platform_of
from tests.api.conftest import BASE_URL, Api, application, make_settings
from tests.factories import make_person

LIMIT = 3
HEADERS = ["X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP"]
NOWHERE = "unix:///nowhere/redis.sock"


@asynccontextmanager
async def limited(api: Api, *, behind_proxy: bool = False) -> AsyncIterator[Any]:
    """An application of three requests a minute; with the proxy's headers read as `ideation serve` reads them."""
    settings = make_settings(api.settings.database_url, NOWHERE, requests_per_minute=LIMIT)
    app = application(settings, api.clock, beside=True)
    await platform_of(app).open()
    try:
        yield ProxyHeadersMiddleware(app, trusted_hosts="127.0.0.1") if behind_proxy else app  # type: ignore[arg-type]
    finally:
        await platform_of(app).close()


async def status(app: Any, headers: Mapping[str, str], *, host: str = "203.0.113.9", path: str = "/v1/me") -> int:
    """The status of one request from this address."""
    transport = httpx.ASGITransport(app=app, client=(host, 1234))
    async with httpx.AsyncClient(transport=transport, base_url=BASE_URL) as client:
        return (await client.get(path, headers=headers)).status_code


@pytest.mark.parametrize("header", HEADERS)
async def test_address_of_a_stranger_is_not_what_a_header_says(api: Api, header: str) -> None:
    async with limited(api, behind_proxy=True) as app:
        statuses = [await status(app, {header: f"198.51.100.{number}"}) for number in range(LIMIT + 1)]
    assert statuses == [401] * LIMIT + [429]


async def test_behind_the_proxy_the_address_is_the_last_one_that_the_proxy_saw(api: Api) -> None:
    async with limited(api, behind_proxy=True) as app:
        invented = [
            await status(app, {"X-Forwarded-For": f"198.51.100.{number}, 203.0.113.9"}, host="127.0.0.1")
            for number in range(LIMIT + 1)
        ]
        other = await status(app, {"X-Forwarded-For": "203.0.113.10"}, host="127.0.0.1")
    assert (invented, other) == ([401] * LIMIT + [429], 401)


async def test_addresses_of_one_ipv6_network_count_as_one(api: Api) -> None:
    async with limited(api) as app:
        statuses = [await status(app, {}, host=f"2001:db8:0:7:{number:x}::1") for number in range(LIMIT + 1)]
        assert statuses == [401] * LIMIT + [429]
        assert await status(app, {}, host="2001:db8:0:8::1") == 401
        mapped = [await status(app, {}, host=f"::ffff:192.0.2.{number}") for number in range(LIMIT + 1)]
    assert mapped == [401] * (LIMIT + 1)


async def test_guessing_tokens_counts_for_the_address(api: Api) -> None:
    async with limited(api) as app:
        guesses = [await status(app, {"Authorization": f"Bearer idt_{number}"}) for number in range(LIMIT)]
        cookies = await status(app, {"Cookie": "ideation_session=ids_guess"})
    assert (guesses, cookies) == ([401] * LIMIT, 429)


async def test_more_tokens_sessions_and_addresses_give_a_person_no_more_requests(api: Api) -> None:
    person = await make_person(api.connection)
    credentials = [{"Authorization": f"Bearer {await api.token_for(person)}"} for _ in range(LIMIT)]
    session = (await api.browser_for(person)).cookies["ideation_session"]
    credentials.append({"Cookie": f"ideation_session={session}"})
    async with limited(api) as app:
        statuses = [await status(app, given, host=f"198.51.100.{place}") for place, given in enumerate(credentials)]
        other_person = {"Authorization": f"Bearer {await api.token_for(await make_person(api.connection))}"}
        assert await status(app, other_person) == 200
    assert statuses == [200] * LIMIT + [429]


@pytest.mark.parametrize("path", ["/v1/me?x=1", "/v1/me?x=2", "/v1/people", "/", "/v1/me/ideas"])
async def test_every_address_counts_alike(api: Api, path: str) -> None:
    async with limited(api) as app:
        for _ in range(LIMIT):
            await status(app, {})
        assert await status(app, {}, path=path) == 429
