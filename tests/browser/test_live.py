"""Pages that keep themselves up to date ask for themselves no more often than something changed."""

import asyncio
from datetime import UTC, datetime

from playwright.async_api import Page, Request, Route, expect

from tests.browser.site import Site
from tests.browser.visits import OpenAs, Visit
from tests.factories import make_idea

# Events come when the test says so; `tell` sends one with this mark.
_TOLD = """
window.EventSource = class extends EventTarget {
  constructor() { super(); this.readyState = 1; window.source = this; }
  close() { this.readyState = 2; }
};
window.show = (shown) => {
  Object.defineProperty(document, "hidden", {value: !shown, configurable: true});
  document.dispatchEvent(new Event("visibilitychange"));
};
window.tell = (mark) => window.source.dispatchEvent(new MessageEvent("changed", {data: mark}));
"""
# Far longer than the pauses between two looks that these tests set.
_LONG_ENOUGH_MS = 600
_CLOSED = 2


async def _open(visit: Visit, path: str, pause: str) -> list[str]:
    """Open a page that leaves `pause` seconds between two looks; what it asks for by itself from then on."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if request.resource_type == "fetch":
            asked.append(request.url)

    await visit.page.add_init_script(_TOLD)
    await _set_pause(visit, path, pause)
    visit.page.on("request", note)
    await visit.open(path)
    # The page asks the browser first whether another one holds a stream already.
    await _until(visit.page, "window.source !== undefined")
    return asked


async def _set_pause(visit: Visit, path: str, pause: str) -> None:
    async def shorten(route: Route) -> None:
        answer = await route.fetch()
        body = await answer.text()
        assert body.count('data-pause="30"') == 1
        await route.fulfill(response=answer, body=body.replace('data-pause="30"', f'data-pause="{pause}"'))

    await visit.page.context.route(visit.site.url + path, shorten)


async def _until(page: Page, condition: str) -> None:
    """Not by wait_for_function, which the policy for scripts refuses."""
    async with asyncio.timeout(20):
        while not await page.evaluate(condition):
            await page.wait_for_timeout(50)


async def _tell(visit: Visit, mark: str) -> None:
    await visit.page.evaluate(f"tell('{mark}')")


async def test_page_that_was_just_opened_is_not_asked_for_again_at_once(open_as: OpenAs, site: Site) -> None:
    reader = await open_as(await site.person())
    asked = await _open(reader, f"/challenges/{await site.challenge()}", pause="30")
    await _tell(reader, "one")
    await reader.page.wait_for_timeout(_LONG_ENOUGH_MS)
    assert asked == []


async def test_mark_that_was_looked_at_asks_for_nothing_and_a_new_one_does(open_as: OpenAs, site: Site) -> None:
    reader = await open_as(await site.person())
    path = f"/challenges/{await site.challenge()}"
    asked = await _open(reader, path, pause="0.05")
    for number, mark in enumerate(["one", "two"], start=1):
        async with reader.page.expect_response(site.url + path):
            await _tell(reader, mark)
        await _tell(reader, mark)
        await reader.page.wait_for_timeout(_LONG_ENOUGH_MS)
        assert asked == [site.url + path] * number


async def test_page_out_of_sight_gives_its_stream_back_and_asks_for_it_when_seen(open_as: OpenAs, site: Site) -> None:
    reader = await open_as(await site.person())
    path = f"/challenges/{await site.challenge()}"
    asked = await _open(reader, path, pause="0.05")
    page = reader.page
    await page.evaluate("show(false); show(true); window.first = window.source")
    await page.evaluate("show(false)")
    await _until(page, f"window.source.readyState === {_CLOSED}")
    assert asked == []
    await page.evaluate("show(true)")
    await _until(page, "window.source !== window.first && window.source.readyState === 1")
    async with page.expect_response(site.url + path):
        await _tell(reader, "news")


def _note_streams(visit: Visit) -> list[str]:
    """The streams that any page of the window asks for from now on."""
    streams: list[str] = []

    def note(request: Request) -> None:
        if request.resource_type == "eventsource":
            streams.append(request.url)

    visit.page.context.on("request", note)
    return streams


async def test_pages_of_one_challenge_share_a_stream_and_another_takes_it_over(open_as: OpenAs, site: Site) -> None:
    reader = await open_as(await site.person())
    challenge_id = await site.challenge()
    address = f"{site.url}/challenges/{challenge_id}"
    await _set_pause(reader, f"/challenges/{challenge_id}", pause="0.05")
    streams = _note_streams(reader)
    pages = [reader.page] + [await reader.page.context.new_page() for _ in range(7)]
    for page in pages:
        await page.goto(address)
    await _until(pages[-1], "document.readyState === 'complete'")
    assert streams == [f"{address}/events"]
    await pages[0].close()
    async with asyncio.timeout(20):
        while len(streams) == 1:
            await pages[1].wait_for_timeout(50)
    await make_idea(site.connection, challenge_id, submitted_at=datetime.now(UTC))
    for page in pages[1:]:
        await expect(page.locator("#live-count")).to_have_text("1")
    assert streams == [f"{address}/events"] * 2


async def test_pages_of_many_challenges_leave_room_for_requests(open_as: OpenAs, site: Site) -> None:
    reader = await open_as(await site.person())
    challenges = [await site.challenge() for _ in range(8)]
    last = challenges[-1]
    await _set_pause(reader, f"/challenges/{last}", pause="2")
    streams = _note_streams(reader)
    pages = [reader.page] + [await reader.page.context.new_page() for _ in range(7)]
    for page, challenge_id in zip(pages, challenges, strict=True):
        await page.goto(f"{site.url}/challenges/{challenge_id}")
    # The last one finds no stream to take, and looks for itself.
    await pages[-1].wait_for_event("request", lambda request: request.resource_type == "fetch")
    assert streams == [f"{site.url}/challenges/{challenge_id}/events" for challenge_id in challenges[:3]]


# Every stream is taken, looks follow each other at once, and listeners for the end of a watch are counted.
_CROWDED = """
window.looks = window.listening = 0;
const add = EventTarget.prototype.addEventListener, remove = EventTarget.prototype.removeEventListener;
const wait = setTimeout;
EventTarget.prototype.addEventListener = function (kind, ...rest) {
  if (kind === "abort") window.listening += 1;
  return add.call(this, kind, ...rest);
};
EventTarget.prototype.removeEventListener = function (kind, ...rest) {
  if (kind === "abort") window.listening -= 1;
  return remove.call(this, kind, ...rest);
};
window.setTimeout = (work, pause, ...rest) => wait(work, pause === 30000 ? 5 : pause, ...rest);
const request = LockManager.prototype.request;
LockManager.prototype.request = function (name, options, work) {
  if (!name.startsWith("live stream")) return request.call(this, name, options, work);
  window.looks += 1;
  return Promise.resolve(work(null));
};
"""


async def test_page_without_a_stream_leaves_no_listeners_behind(open_as: OpenAs, site: Site) -> None:
    reader = await open_as(await site.person())
    await reader.page.add_init_script(_CROWDED)
    await reader.open(f"/challenges/{await site.challenge()}")
    await _until(reader.page, "window.looks > 60")
    assert await reader.page.evaluate("window.listening") <= 1
