"""Errors as pages: readable, with the request id; whoever is not signed in is asked to, and comes back."""

from typing import Any
from urllib.parse import quote, urlsplit

from litestar import Request, Response

from api.problems import describe, handle_error, report
from api.unit_of_work import SAFE_METHODS
from api.web.refusals import word_problem
from api.web.views import View, safe_path
from ideation.errors import IdeationError, PolicyNotAccepted, Unauthenticated


def handle_page_error(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Litestar's handler of every exception below a page."""
    view = View(request)
    # A part of a page that a script asks for must not become the page to sign in on.
    part = "hx-request" in request.headers
    if isinstance(error, Unauthenticated) and not part:
        return view.redirect(f"/sign-in?next={quote(_place(request), safe='')}", "session_over")
    if isinstance(error, PolicyNotAccepted) and not part:
        return view.redirect(f"/policy?next={quote(_place(request), safe='')}")
    problem = describe(error)
    report(problem, error)
    title = view.texts(f"problem.{problem.slug}")
    page = view.page("error.html", status=problem.status, code=problem.status, title=title, detail=_detail(view, error))
    page.headers.update(problem.headers)
    return page


def handle_any_error(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """A page for a browser that asks for one outside of the API, a problem document for everybody else."""
    wants_page = "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/v1/")
    return handle_page_error(request, error) if wants_page else handle_error(request, error)


def _detail(view: View, error: Exception) -> str:
    """What happened, in words; nothing about a page that does not exist, or only for others."""
    problem = describe(error)
    if problem.status == 404:
        return ""
    if isinstance(error, IdeationError):
        return view.refusal(error)
    return word_problem(view.texts, problem.slug, problem.detail)


def _place(request: Request[Any, Any, Any]) -> str:
    """Where the person was: this page, or the page whose form was sent."""
    if request.method in SAFE_METHODS:
        query = request.url.query
        return safe_path(request.url.path + (f"?{query}" if query else ""))
    referer = urlsplit(request.headers.get("referer", ""))
    return safe_path(referer.path + (f"?{referer.query}" if referer.query else ""))
