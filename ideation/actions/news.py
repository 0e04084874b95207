"""What is new for somebody since they were last here."""

from collections.abc import Iterable
from datetime import datetime

from ideation.database import Connection
from ideation.entities.challenges_forms import ChallengeItem
from ideation.entities.news import News
from ideation.entities.people import Actor, Scope
from ideation.queries import news as queries
from ideation.rules.access import require_scope


async def list_news(
    connection: Connection, actor: Actor, shown: Iterable[ChallengeItem], since: datetime
) -> list[News]:
    """Of the challenges that this person is shown, and of their own ideas."""
    require_scope(actor, Scope.READ)
    return await queries.list_news(connection, actor.person_id, [challenge.id for challenge in shown], since)
