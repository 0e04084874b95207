"""A browser without JavaScript: it opens pages, and sends the forms it finds there with what they hold."""

from collections.abc import Awaitable, Callable, Mapping
from html.parser import HTMLParser
from pathlib import Path
from uuid import UUID

import httpx
import pytest
import pytest_asyncio

from tests.api.conftest import Api, _fresh_clock, api, module_database_url
from tests.factories import make_person

__all__ = ["_fresh_clock", "api", "module_database_url"]


class Form:
    """A form of a page: where it goes, and what its fields hold."""

    def __init__(self, action: str, method: str) -> None:
        self.action = action
        self.method = method
        self.values: dict[str, str | list[str]] = {}
        self.buttons: list[tuple[str, str]] = []

    def hold(self, name: str, value: str) -> None:
        """One more value of a field."""
        before = self.values.get(name)
        self.values[name] = value if before is None else [*(before if isinstance(before, list) else [before]), value]


class Page(HTMLParser):
    """What stands on a page."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__()
        self.status = response.status_code
        self.html = response.text
        self.location = response.headers.get("location")
        self.forms: list[Form] = []
        self.ids: list[str] = []
        self.labelled: list[str] = []
        self.unlabelled: list[str] = []
        self.headings: list[int] = []
        self.links: list[str] = []
        self.language = ""
        self.words: list[str] = []
        self._field: str | None = None
        self._select: str | None = None
        self._inside_label = 0
        self._skipped = 0
        self.feed(self.html)

    @property
    def text(self) -> str:
        """The words of the page, each space one blank."""
        return " ".join(" ".join(self.words).split())

    def form(self, action: str, button: str | None = None) -> Form:
        """The form that goes there; with a button, the one that has it."""
        found = [form for form in self.forms if form.action == action]
        if button is not None:
            found = [form for form in found if any(value == button for _, value in form.buttons)]
        assert found, f"no form for {action} among {[form.action for form in self.forms]}"
        return found[0]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: C901
        given = {name: value or "" for name, value in attrs}
        self.ids += [given["id"]] if "id" in given else []
        if tag == "html":
            self.language = given.get("lang", "")
        elif tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get")))
        elif tag == "label":
            self._inside_label += 1
            self.labelled += [given["for"]] if "for" in given else []
        elif tag in ("input", "textarea", "select", "button"):
            self._take_field(tag, given)
        elif tag == "option" and "selected" in given and self._select and self.forms:
            self.forms[-1].hold(self._select, given.get("value", ""))
        elif tag in ("h1", "h2", "h3"):
            self.headings.append(int(tag[1]))
        elif tag in ("script", "style", "title"):
            self._skipped += 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self._inside_label -= 1
        elif tag == "textarea":
            self._field = None
        elif tag == "select":
            self._select = None
        elif tag in ("script", "style", "title"):
            self._skipped -= 1

    def handle_data(self, data: str) -> None:
        if self._field is not None and self.forms:
            self.forms[-1].values[self._field] = str(self.forms[-1].values[self._field]) + data
        elif not self._skipped:
            self.words.append(data)

    def _take_field(self, tag: str, given: dict[str, str]) -> None:
        kind, name = given.get("type", "text"), given.get("name", "")
        if tag == "button":
            if self.forms:
                self.forms[-1].buttons.append((name, given.get("value", "")))
            return
        if kind != "hidden" and not self._inside_label and "aria-label" not in given:
            self.unlabelled.append(given.get("id", name))
        self._select = name if tag == "select" else self._select
        if not self.forms or tag == "select" or (kind in ("checkbox", "radio") and "checked" not in given):
            return
        self.forms[-1].hold(name, given.get("value", "on" if kind == "checkbox" else ""))
        self._field = name if tag == "textarea" else self._field


class Browser:
    """One person's browser."""

    def __init__(self, client: httpx.AsyncClient, person_id: UUID) -> None:
        self.client = client
        self.person_id = person_id

    async def open(self, path: str, *, status: int = 200) -> Page:
        """A page, which must answer with this status."""
        response = await self.client.get(path, headers={"accept": "text/html"})
        assert response.status_code == status, response.text
        return Page(response)

    async def send(
        self, form: Form, values: Mapping[str, str | list[str]] | None = None, **typed: str | list[str]
    ) -> Page:
        """Send a form with what it holds and what is typed into it."""
        content = form.values | dict(values or {}) | typed
        response = await self.client.post(form.action, data=content, headers={"accept": "text/html"})
        return Page(response)

    async def follow(self, page: Page) -> Page:
        """The page that a sent form leads to."""
        assert page.status == 303, page.text
        return await self.open(page.location)


MakeBrowser = Callable[..., Awaitable[Browser]]


@pytest_asyncio.fixture(loop_scope="module")
async def browser_of(api: Api) -> MakeBrowser:
    """Makes the browser of a person, new unless named, who has signed in and accepted the policy."""

    async def make(person_id: UUID | None = None, *, roles: list[str] | None = None, **given: object) -> Browser:
        who = person_id or await make_person(api.connection, roles=roles or [], **given)
        return Browser(await api.browser_for(who, csrf=False), who)

    return make


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of a module run in one event loop, the one that its application lives in."""
    folder = Path(__file__).parent
    for item in items:
        if folder in item.path.parents and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="module"), append=False)
