"""The checks of the other tests find what they look for."""

import pytest

from tests.browser.site import Site
from tests.browser.visits import OpenAs, Visit


async def _strange(open_as: OpenAs, site: Site) -> Visit:
    visit = await open_as(await site.person())
    await visit.open("/")
    return visit


async def test_faults_for_a_screen_reader_are_found(open_as: OpenAs, site: Site) -> None:
    visit = await _strange(open_as, site)
    await visit.page.evaluate("() => document.querySelector('main').append(document.createElement('input'))")
    with pytest.raises(AssertionError, match="label"):
        await visit.check_accessibility()


async def test_pages_wider_than_the_window_are_found(open_as: OpenAs, site: Site) -> None:
    visit = await _strange(open_as, site)
    await visit.page.evaluate("() => { document.querySelector('main').style.width = '3000px'; }")
    with pytest.raises(AssertionError, match="px wider than the window"):
        await visit.check_accessibility()


async def test_inline_scripts_are_refused_and_noted(open_as: OpenAs, site: Site) -> None:
    visit = await _strange(open_as, site)
    await visit.page.evaluate(
        "() => document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.ran = 1'}))"
    )
    assert await visit.page.evaluate("() => window.ran") is None
    assert any("script-src" in trouble for trouble in visit.troubles)
    visit.troubles.clear()


async def test_missing_parts_and_failing_scripts_are_noted(open_as: OpenAs, site: Site) -> None:
    visit = await _strange(open_as, site)
    await visit.page.evaluate("() => fetch('/nowhere')")
    await visit.page.evaluate("() => { setTimeout(() => missing()); }")
    await visit.page.wait_for_timeout(50)
    assert [trouble.rsplit(": ", 1)[-1] for trouble in visit.troubles] == [
        f"404 {site.url}/nowhere",
        "missing is not defined",
    ]
    visit.troubles.clear()
