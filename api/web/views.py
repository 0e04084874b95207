"""What every page needs: its texts, who looks at it, its templates and where to go next."""

import re
from collections.abc import Awaitable, Callable, Hashable, Mapping
from enum import StrEnum
from string import punctuation
from typing import Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit
from uuid import UUID, uuid4

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from litestar import Response
from litestar.datastructures import Cookie

from api.dependencies import AnyRequest
from api.unit_of_work import UnitOfWork, work_of
from api.web.assets import asset_path
from api.web.moments import Moments
from api.web.phrases import amount, decimal, figure, worded
from api.web.refusals import word_refusal
from api.web.texts import choose_language
from ideation.database import Connection
from ideation.entities.people import Actor
from ideation.errors import IdeationError
from ideation.request_context import request_id
from ideation.settings import Settings

FLASH_COOKIE = "ideation_flash"
LANGUAGE_COOKIE = "ideation_language"

_MARKS = re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*\)|\*\*|__|`+|^#{1,6} |^> ?", re.MULTILINE)
_ENVIRONMENT = Environment(
    loader=PackageLoader("api.web", "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
)
_ENVIRONMENT.globals["asset"] = asset_path
_ENVIRONMENT.globals["once"] = lambda: uuid4().hex
# The beginning of a text in Markdown, which may end in the middle of a mark, as plain words.
_ENVIRONMENT.filters["plain"] = lambda text: _MARKS.sub(lambda mark: mark[1] or "", text)
# These speak the language of the page.
_ENVIRONMENT.filters["worded"] = pass_context(lambda context, sentence: worded(context["t"], sentence))
_ENVIRONMENT.filters["amount"] = pass_context(lambda context, number: amount(context["t"], number))
_ENVIRONMENT.filters["figure"] = pass_context(lambda context, number: figure(context["t"], number))
_ENVIRONMENT.filters["decimal"] = pass_context(
    lambda context, number, places, sign=False: decimal(context["t"], number, places, sign=sign)
)

Choice = TypeVar("Choice", bound=StrEnum)
Figures = TypeVar("Figures")


class View:
    """One request for a page."""

    def __init__(self, request: AnyRequest) -> None:
        self.request = request
        self.texts = choose_language(request.cookies.get(LANGUAGE_COOKIE), request.headers.get("accept-language", ""))

    @property
    def actor(self) -> Actor | None:
        """Who looks, as far as that was asked."""
        credential = self._work.credential if self._work else None
        return None if credential is None else credential.actor

    @property
    def settings(self) -> Settings:
        """The settings of this installation."""
        return work_of(self.request.scope).platform.settings

    def page(self, template: str, *, status: int = 200, **context: Any) -> Response[bytes]:
        """A template with these values; a message kept for it is shown once.

        It is never kept for a repeat: a form that it answers may be sent again, and a secret that it shows is stored
        nowhere.
        """
        if self._work is not None:
            self._work.claim = None
        flash = self.request.cookies.get(FLASH_COOKIE)
        content = _ENVIRONMENT.get_template(template).render(**self._surroundings(flash), **context)
        cookies = [self._cookie(FLASH_COOKIE, "", 0)] if flash else []
        return Response(content.encode(), status_code=status, media_type="text/html", cookies=cookies)

    def redirect(self, path: str, flash: str | None = None, *, cookies: list[Cookie] | None = None) -> Response[bytes]:
        """Go to another page, which shows the text with this key."""
        kept = list(cookies or [])
        if flash is not None:
            kept.append(self._cookie(FLASH_COOKIE, flash, 60))
        return Response(b"", status_code=303, headers={"location": path}, cookies=kept)

    async def figures(
        self,
        connection: Connection,
        challenge_id: UUID,
        what: Hashable,
        count: Callable[[], Awaitable[Figures]],
    ) -> Figures:
        """Figures about a whole challenge that everybody who sees this page may know; see api.kept."""
        work = work_of(self.request.scope)
        return await work.platform.kept.recall(connection, challenge_id, what, work.now, count)

    def choice(self, name: str, kind: type[Choice]) -> Choice | None:
        """A value of the address that may be one of these; anything else counts as not given."""
        given = self.request.query_params.get(name)
        return next((value for value in kind if value == given), None)

    def id(self, name: str) -> UUID | None:
        """An id in the address; anything else counts as not given."""
        try:
            return UUID(self.request.query_params.get(name, ""))
        except ValueError:
            return None

    def word(self, name: str) -> str | None:
        """A text in the address, without the spaces around it; None when it is empty."""
        return str(self.request.query_params.get(name, "")).replace("\x00", "").strip()[:200] or None

    def address(self, **changed: str | None) -> str:
        """The address of this page with some parameters changed; None leaves one out."""
        return self.query(**changed) or self.request.url.path

    def query(self, **changed: str | None) -> str:
        """The query of this page's address, with its question mark, likewise; empty without any parameter."""
        given = {name: value for name, value in self.request.query_params.items() if name not in changed}
        kept = urlencode([*given.items(), *((name, value) for name, value in changed.items() if value is not None)])
        return f"?{kept}" if kept else ""

    def refusal(self, error: IdeationError) -> str:
        """What the domain refused, in the words of this page."""
        return word_refusal(self.texts, error)

    def keep(self, name: str, value: str) -> Cookie:
        """What makes the browser remember this for a year."""
        return self._cookie(name, value, 365 * 86_400)

    @property
    def _work(self) -> UnitOfWork | None:
        # Missing when the address does not exist: no request was begun.
        return self.request.scope["state"].get("work")

    def _surroundings(self, flash: str | None) -> Mapping[str, Any]:
        credential = self._work.credential if self._work else None
        now = self._work.now if self._work else None
        return {
            "t": self.texts,
            "language": self.texts.language,
            "actor": self.actor,
            "roles": frozenset() if self.actor is None else self.actor.roles,
            "csrf_token": "" if credential is None else credential.csrf_token or "",
            "flash": self.texts.find(f"flash.{flash}", "") if flash else "",
            "moments": Moments(self.texts, now),
            "address": self.address,
            "path": self.request.url.path,
            "request_id": request_id.get(),
        }

    def _cookie(self, name: str, value: str, max_age_seconds: int) -> Cookie:
        secure = self._work is not None and self.settings.public_url.startswith("https://")
        return Cookie(
            key=name, value=value, max_age=max_age_seconds, path="/", secure=secure, httponly=True, samesite="lax"
        )


def provide_view(request: AnyRequest) -> View:
    """The view of this request."""
    return View(request)


def safe_path(given: str | None) -> str:
    """A place of ours to go on to, or home: never another site. ASCII only, since it goes into headers."""
    path = given or "/"
    parts = urlsplit(path)
    ours = path.startswith("/") and not path.startswith(("//", "/\\")) and not parts.netloc and path.isprintable()
    return quote(path, safe=punctuation) if ours and not path.startswith("/sign-in") else "/"
