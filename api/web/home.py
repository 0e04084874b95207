"""Home: what is open, what happened to my ideas, what I was told."""

from datetime import datetime

from litestar import Response, get

from api.web.views import View
from api.web.visits import VISIT_COOKIE, visits_at
from ideation.actions import assignments, challenges, ideas_reading, news, notifications
from ideation.database import Connection
from ideation.entities.challenges import ChallengeState
from ideation.entities.news import MANY
from ideation.entities.people import Actor

_CHALLENGES = 50
_IDEAS = 10
_NOTIFICATIONS = 8


@get("/")
async def show(view: View, connection: Connection, actor: Actor, now: datetime) -> Response[bytes]:
    """The first page after signing in."""
    listed = (await challenges.list_challenges(connection, actor, now=now, limit=_CHALLENGES)).items
    mine = await ideas_reading.list_my_ideas(connection, actor, limit=_IDEAS)
    told = await notifications.list_notifications(
        connection, actor, unread_only=False, limit=_NOTIFICATIONS, after=None
    )
    queue = await assignments.list_my_queue(connection, actor, challenge_id=None, sent=False, after=None, limit=5)
    running = [item for item in listed if item.state is ChallengeState.RUNNING]
    visits = visits_at(now, view.request.cookies.get(VISIT_COOKIE))
    page = view.page(
        "home.html",
        new=await news.list_news(connection, actor, listed, visits.before),
        since=visits.before,
        many=MANY,
        running=running,
        others=[item for item in listed if item.state is not ChallengeState.RUNNING],
        ideas=mine.items,
        notifications=told.items,
        queue=queue.items,
    )
    page.cookies.append(view.keep(VISIT_COOKIE, visits.text))
    return page


handlers = [show]
