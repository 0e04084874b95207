"""An employee's way from sign-in to done."""

import pytest

from tests.browser.site import Site
from tests.browser.visits import OpenAs, Size


@pytest.mark.parametrize("size", ["desk", "phone"])
async def test_home_shows_what_is_open(open_as: OpenAs, site: Site, size: Size) -> None:
    question = f"What could be quieter at a {size}?"
    await site.challenge(question=question)
    visit = await open_as(await site.person(), size=size)
    page = await visit.open("/")
    assert await page.get_by_role("link", name=question).is_visible()
    await visit.check_accessibility()
