"""All pages, below one router: they ask for the policy, answer a form once, and show errors as pages."""

from litestar import Router
from litestar.connection import ASGIConnection
from litestar.di import Provide
from litestar.handlers import BaseRouteHandler

from api.unit_of_work import work_of
from api.web import (
    admin,
    answers,
    assets,
    board,
    budget,
    challenge_editing,
    challenges,
    co_authors,
    feed,
    home,
    idea_talk,
    ideas,
    imports,
    landscape,
    live,
    meeting,
    moderation,
    notifications,
    pairs,
    panel,
    plan,
    policy,
    profile,
    reviews,
    sign_in,
    themes,
    welcome,
    writing,
)
from api.web.errors import handle_page_error
from api.web.forms import answer_once
from api.web.views import provide_view
from ideation.errors import PolicyNotAccepted


async def require_policy(connection: ASGIConnection, handler: BaseRouteHandler) -> None:  # type: ignore[type-arg]
    """Nobody signed in goes further before accepting the usage policy."""
    if handler.opt.get("before_policy") or handler.opt.get("uncounted"):
        return
    credential = work_of(connection.scope).credential
    if credential is not None and not credential.actor.policy_accepted:
        raise PolicyNotAccepted


PAGES = Router(
    "/",
    route_handlers=[
        *admin.handlers,
        *answers.handlers,
        *assets.handlers,
        *board.handlers,
        *budget.handlers,
        *challenge_editing.handlers,
        *challenges.handlers,
        *co_authors.handlers,
        *feed.handlers,
        *home.handlers,
        *idea_talk.handlers,
        *ideas.handlers,
        *imports.handlers,
        *landscape.handlers,
        *live.handlers,
        *meeting.handlers,
        *moderation.handlers,
        *notifications.handlers,
        *pairs.handlers,
        *panel.handlers,
        *plan.handlers,
        *policy.handlers,
        *profile.handlers,
        *reviews.handlers,
        *sign_in.handlers,
        *themes.handlers,
        *welcome.handlers,
        *writing.handlers,
    ],
    before_request=answer_once,
    dependencies={"view": Provide(provide_view, sync_to_thread=False)},
    exception_handlers={Exception: handle_page_error},
    guards=[require_policy],
    include_in_schema=False,
)
