"""Pages that keep themselves up to date ask for themselves no more often than something changed."""

from playwright.async_api import Request, Route

from tests.browser.site import Site
from tests.browser.visits import OpenAs, Visit

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

    async def set_pause(route: Route) -> None:
        answer = await route.fetch()
        body = await answer.text()
        assert body.count('data-pause="30"') == 1
        await route.fulfill(response=answer, body=body.replace('data-pause="30"', f'data-pause="{pause}"'))

    asked: list[str] = []

    def note(request: Request) -> None:
        if request.resource_type == "fetch":
            asked.append(request.url)

    await visit.page.add_init_script(_TOLD)
    await visit.page.route(visit.site.url + path, set_pause)
    visit.page.on("request", note)
    await visit.open(path)
    return asked


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
    # Not by wait_for_function, which the policy for scripts refuses.
    while await page.evaluate("window.source.readyState") != _CLOSED:
        await page.wait_for_timeout(100)
    assert asked == []
    await page.evaluate("show(true)")
    assert await page.evaluate("window.source !== window.first && window.source.readyState === 1")
    async with page.expect_response(site.url + path):
        await _tell(reader, "news")
