"""One person's window: opened at a width and in a colour scheme, with everything noted that should not happen."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import resources
from pathlib import Path
from typing import Literal, Protocol
from uuid import UUID

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Response, expect

from tests.browser.site import Site

Size = Literal["desk", "phone"]
Scheme = Literal["light", "dark"]

_SIZES: dict[Size, tuple[int, int]] = {"desk": (1280, 800), "phone": (390, 844)}
# Long, since other tests run at the same time; what comes is not waited for any longer than it takes.
_PATIENCE_MS = 20_000
expect.set_options(timeout=_PATIENCE_MS)

_AXE = Path(str(resources.files("axe_playwright_python").joinpath("axe.min.js")))
_NOTE_POLICY_VIOLATIONS = """
document.addEventListener("securitypolicyviolation",
  (event) => console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`));
"""
# In the dark only the colours are others.
_AXE_OPTIONS: dict[Scheme, dict[str, object]] = {"light": {}, "dark": {"runOnly": ["color-contrast"]}}
_RUN_AXE = """(options) => axe.run({resultTypes: ["violations"], ...options}).then((results) =>
  results.violations.flatMap(({id, nodes}) =>
    nodes.map((node) => `${id}: ${node.target.join(" ")}: ${node.failureSummary}`)))"""


class Visit:
    """A window with the pages that its person opens."""

    def __init__(self, page: Page, site: Site, person_id: UUID | None) -> None:
        self.page = page
        self.site = site
        self.person_id = person_id
        self.troubles: list[str] = []

    async def open(self, path: str) -> Page:
        """Go to a page of the site."""
        await self.page.goto(self.site.url + path)
        return self.page

    async def check_accessibility(self) -> None:
        """axe finds nothing on the page as it is, in light and in dark; and it fits the width of the window."""
        await self.page.wait_for_load_state()
        await self._check_width()
        for scheme, options in _AXE_OPTIONS.items():
            await self.page.emulate_media(color_scheme=scheme)
            found = await self.page.evaluate(_RUN_AXE, options)
            assert not found, f"{self.page.url} in {scheme}: {found}"

    async def _check_width(self) -> None:
        over = await self.page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
        assert over <= 0, f"{self.page.url} is {over} px wider than the window"

    def watch(self) -> None:
        """Note whatever goes wrong from now on."""
        self.page.on("console", self._note_message)
        self.page.on("pageerror", lambda error: self.troubles.append(f"{self.page.url}: {error}"))
        self.page.on("response", self._note_response)

    def _note_message(self, message: ConsoleMessage) -> None:
        # A refused page is no trouble when a test asks for it; parts that fail to load are noted by their response.
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            self.troubles.append(f"{self.page.url}: {message.text}")

    def _note_response(self, response: Response) -> None:
        if response.status >= 500 or (response.status >= 400 and response.request.resource_type != "document"):
            self.troubles.append(f"{self.page.url}: {response.status} {response.url}")


class OpenAs(Protocol):
    """Makes windows."""

    async def __call__(
        self,
        person_id: UUID | None = None,
        *,
        size: Size = "desk",
        scheme: Scheme = "light",
        javascript: bool = True,
    ) -> Visit:
        """The window of this person, who is signed in; of a stranger when none is named."""


@asynccontextmanager
async def watched_visit(
    chromium: Browser,
    site: Site,
    person_id: UUID | None,
    *,
    size: Size = "desk",
    scheme: Scheme = "light",
    javascript: bool = True,
) -> AsyncIterator[Visit]:
    """A window that is closed at the end."""
    width, height = _SIZES[size]
    context = await chromium.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        java_script_enabled=javascript,
        has_touch=size == "phone",
        is_mobile=size == "phone",
        locale="en-GB",
        reduced_motion="reduce",
    )
    context.set_default_timeout(_PATIENCE_MS)
    try:
        await _prepare(context, site, person_id)
        visit = Visit(await context.new_page(), site, person_id)
        visit.watch()
        yield visit
    finally:
        await context.close()


async def _prepare(context: BrowserContext, site: Site, person_id: UUID | None) -> None:
    await context.add_init_script(_NOTE_POLICY_VIOLATIONS)
    # Given to the browser, not to the page, whose policy would refuse it.
    await context.add_init_script(path=_AXE)
    if person_id is not None:
        await context.add_cookies(
            [{"name": "ideation_session", "value": await site.session(person_id), "url": site.url}]
        )
