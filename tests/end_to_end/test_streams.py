"""An open stream of events ends within seconds of the access that it was opened with, over real HTTP."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest

from api.live import CALLERS_SECONDS, STREAM_SECONDS
from ideation.credentials import SESSION, hash_secret, new_secret
from ideation.database import Connection, open_connection
from ideation.ids import new_id
from tests.end_to_end.conftest import Engine, Person
from tests.factories import insert, make_challenge

# A busy machine takes its time; a stream that nothing ends goes on for minutes.
SECONDS = CALLERS_SECONDS + 12
assert SECONDS < STREAM_SECONDS / 10

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
async def company(api_alone: Engine, stack: AsyncExitStack) -> AsyncIterator["Company"]:
    connection = await open_connection(api_alone.environment["IDEATION_DATABASE_URL"])
    administrator = await api_alone.person(stack, connection, roles=["administrator"])
    made = Company(api_alone, stack, connection, administrator, await make_challenge(connection))
    yield made
    await connection.close()


class Company:
    """Somebody who administers, and colleagues who watch."""

    def __init__(
        self, engine: Engine, stack: AsyncExitStack, connection: Connection, administrator: Person, challenge_id: UUID
    ) -> None:
        self.engine = engine
        self.stack = stack
        self.connection = connection
        self.administrator = administrator
        self.challenge_id = challenge_id

    @property
    def news(self) -> str:
        """The stream that everybody may follow."""
        return f"/challenges/{self.challenge_id}/events"

    async def person(self, **given: object) -> Person:
        """A new colleague with a token."""
        return await self.engine.person(self.stack, self.connection, **given)

    async def browser(self, person: Person, *, lasts: timedelta = timedelta(days=1)) -> tuple[httpx.AsyncClient, UUID]:
        """A browser in which this person is signed in, and its session."""
        secret, session_id, now = new_secret(SESSION), new_id(), datetime.now(UTC)
        dates = {"created_at": now, "expires_at": now + lasts}
        held = {"token_hash": hash_secret(secret), "csrf_token": new_secret(SESSION)}
        await insert(self.connection, "sessions", id=session_id, person_id=person.id, **held, **dates)
        client = httpx.AsyncClient(base_url=self.engine.url, cookies={"ideation_session": secret}, timeout=30)
        return await self.stack.enter_async_context(client), session_id


class Watching:
    """A stream that has said its first word, and the task that hears it out."""

    def __init__(self, rest: "asyncio.Task[None]") -> None:
        self._rest = rest

    async def has_ended(self, seconds: float) -> bool:
        """Whether the stream ends, properly, in this time."""
        done, _ = await asyncio.wait({self._rest}, timeout=seconds)
        return bool(done) and self._rest.exception() is None


@asynccontextmanager
async def watching(client: httpx.AsyncClient, path: str) -> AsyncIterator[Watching]:
    async with client.stream("GET", path, headers={"Accept": "text/event-stream"}) as answer:
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
        lines = answer.aiter_lines()
        async with asyncio.timeout(30):
            while not (await anext(lines)).startswith("event: changed"):
                pass

        async def hear_out() -> None:
            async for _ in lines:
                pass

        rest = asyncio.create_task(hear_out())
        try:
            yield Watching(rest)
        finally:
            rest.cancel()


Ended = tuple[httpx.AsyncClient, str, Callable[[], Awaitable[object]]]


async def deactivated(company: Company) -> Ended:
    person = await company.person()
    browser, _ = await company.browser(person)
    path = f"/people/{person.id}/deactivate"
    return browser, company.news, lambda: company.administrator.call("POST", path, expect=200)


async def erased(company: Company) -> Ended:
    person = await company.person()
    path = f"/people/{person.id}/erase"
    return person.client, company.news, lambda: company.administrator.call("POST", path, expect=200)


async def signed_out(company: Company) -> Ended:
    browser, _ = await company.browser(await company.person())
    return browser, company.news, lambda: browser.delete("/v1/sessions/current", headers=SAME_SITE)


async def signed_out_from_elsewhere(company: Company) -> Ended:
    person = await company.person()
    browser, session_id = await company.browser(person)
    return browser, company.news, lambda: person.call("DELETE", f"/me/sessions/{session_id}", expect=204)


async def token_revoked(company: Company) -> Ended:
    person = await company.person()
    browser, _ = await company.browser(person)
    token = (await person.call("GET", "/me/tokens"))["items"][0]["id"]
    return person.client, company.news, lambda: browser.delete(f"/v1/me/tokens/{token}", headers=SAME_SITE)


async def session_expired(company: Company) -> Ended:
    browser, _ = await company.browser(await company.person(), lasts=timedelta(seconds=8))
    return browser, company.news, lambda: asyncio.sleep(8)


async def no_longer_administrator(company: Company) -> Ended:
    person = await company.person(roles=["administrator"])
    path = f"/people/{person.id}/roles/administrator"
    return person.client, "/admin/jobs/events", lambda: company.administrator.call("DELETE", path, expect=200)


async def moved_to_another_department(company: Company) -> Ended:
    person = await company.person(roles=["reviewer"])
    change = "UPDATE people SET department = 'Elsewhere' WHERE id = $1"
    return person.client, "/reviews/events", lambda: company.connection.execute(change, person.id)


ENDINGS = [
    deactivated,
    erased,
    signed_out,
    signed_out_from_elsewhere,
    token_revoked,
    session_expired,
    no_longer_administrator,
    moved_to_another_department,
]


async def ends(client: httpx.AsyncClient, path: str, end: Callable[[], Awaitable[object]]) -> bool:
    """Whether a stream ends in time once this has happened."""
    async with watching(client, path) as stream:
        await end()
        return await stream.has_ended(SECONDS)


async def test_streams_end_with_the_access_they_were_opened_with_and_others_go_on(company: Company) -> None:
    prepared = [await ending(company) for ending in ENDINGS]
    async with watching((await company.person()).client, company.news) as of_others:
        ended = await asyncio.gather(*(ends(*one) for one in prepared))
        assert not await of_others.has_ended(0)
    assert [ending.__name__ for ending, in_time in zip(ENDINGS, ended, strict=True) if not in_time] == []


async def test_other_sessions_of_somebody_who_signs_out_go_on(company: Company) -> None:
    person = await company.person()
    leaving, staying = [(await company.browser(person))[0] for _ in range(2)]
    async with watching(leaving, company.news) as left, watching(staying, company.news) as stayed:
        assert (await leaving.delete("/v1/sessions/current", headers=SAME_SITE)).status_code == 204
        assert await left.has_ended(SECONDS)
        assert not await stayed.has_ended(CALLERS_SECONDS + 1)
