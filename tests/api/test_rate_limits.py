"""Rate limits: per person, per address, shared through Redis, and without it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import httpx
import pytest
from litestar.types import Scope

from api.platform import platform_of
from api.rate_limits import RateLimiter
from ideation.errors import TooManyRequests
from tests.api.conftest import BASE_URL, Api, application, make_settings
from tests.factories import make_person

NOWHERE = "unix:///nowhere/redis.sock"


class Time:
    """Seconds, as a test sets them."""

    def __init__(self) -> None:
        self.seconds = 600.0

    def __call__(self) -> float:
        return self.seconds


def make_limiter(redis_url: str, time: Time, **limits: int) -> RateLimiter:
    """A limiter of 5 requests, 3 of them writing, unless told otherwise."""
    given: dict[str, object] = {"requests_per_minute": 5, "writes_per_minute": 3}
    return RateLimiter(make_settings("postgresql://unused", redis_url, **(given | limits)), time)


def count(limiter: RateLimiter, caller: str, *, writes: bool = False) -> tuple[int, int, int]:
    """Count one request and return limit, remaining and seconds to the next window."""
    scope = cast("Scope", {"state": {}})
    limiter.count(scope, caller, writes=writes)
    numbers: tuple[int, int, int] = cast("Any", scope)["state"]["rate_limit"]
    return numbers


async def test_limit_holds_for_each_caller_and_window() -> None:
    time = Time()
    limiter = make_limiter(NOWHERE, time)
    assert [count(limiter, "ada")[1] for _ in range(5)] == [4, 3, 2, 1, 0]
    with pytest.raises(TooManyRequests) as refusal:
        count(limiter, "ada")
    assert refusal.value.extra == {"retry_after_seconds": 60}
    assert count(limiter, "ben") == (5, 4, 60)
    time.seconds += 60
    assert count(limiter, "ada") == (5, 4, 60)


async def test_writes_have_a_limit_of_their_own() -> None:
    limiter = make_limiter(NOWHERE, Time())
    assert [count(limiter, "ada", writes=True)[:2] for _ in range(3)] == [(3, 2), (3, 1), (3, 0)]
    with pytest.raises(TooManyRequests):
        count(limiter, "ada", writes=True)
    assert count(limiter, "ada")[:2] == (5, 0)


@asynccontextmanager
async def sharing(*limiters: RateLimiter) -> AsyncIterator[None]:
    """The limiters connected to Redis."""
    for limiter in limiters:
        limiter.start()
    try:
        yield
    finally:
        for limiter in limiters:
            await limiter.stop()


async def test_processes_share_their_counts(redis_url: str) -> None:
    time = Time()
    first, second = make_limiter(redis_url, time), make_limiter(redis_url, time)
    async with sharing(first, second):
        for _ in range(3):
            count(first, "ada")
        await first.synchronise()
        count(second, "ada")
        await second.synchronise()
        assert count(second, "ada")[1] == 0
        with pytest.raises(TooManyRequests):
            count(second, "ada")


async def test_without_redis_each_process_limits_by_itself() -> None:
    time = Time()
    limiter = make_limiter(NOWHERE, time)
    async with sharing(limiter):
        for _ in range(5):
            count(limiter, "ada")
            await limiter.synchronise()
        assert not limiter.redis_answers
        with pytest.raises(TooManyRequests):
            count(limiter, "ada")


async def test_redis_is_asked_again_after_a_while(redis_url: str) -> None:
    time = Time()
    limiter = make_limiter(redis_url, time)
    limiter._silent_until = time.seconds + 1
    async with sharing(limiter):
        count(limiter, "ada")
        await limiter.synchronise()
        assert not limiter.redis_answers
        time.seconds += 1
        await limiter.synchronise()
        assert limiter.redis_answers


async def test_answers_carry_the_numbers_and_the_refusal_a_retry_after(api: Api, redis_url: str) -> None:
    settings = make_settings(api.settings.database_url, redis_url, requests_per_minute=3)
    app = application(settings, api.clock, beside=True)
    await platform_of(app).open()
    try:
        token = await api.token_for(await make_person(api.connection))
        transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(transport=transport, base_url=BASE_URL, headers=headers) as client:
            answers = [await client.get("/v1/me") for _ in range(4)]
            guesses = [await client.get("/v1/me", headers={"Authorization": "Bearer idt_guess"}) for _ in range(4)]
            alive = await client.get("/health/live")
    finally:
        await platform_of(app).close()
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["ratelimit-remaining"] for answer in answers] == ["2", "1", "0", "0"]
    assert {answer.headers["ratelimit-limit"] for answer in answers} == {"3"}
    assert answers[-1].headers["retry-after"] == answers[-1].headers["ratelimit-reset"]
    assert answers[-1].json()["type"] == "/problems/too-many-requests"
    assert [guess.status_code for guess in guesses] == [401, 401, 401, 429]
    assert (alive.status_code, "ratelimit-limit" in alive.headers) == (200, False)
