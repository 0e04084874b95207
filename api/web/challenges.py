"""A challenge: its question, its dates, its ideas."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get

from api.paging import PageRequest, page_out
from api.web.board import likely_progress
from api.web.views import View
from ideation.actions import challenges, ideas_listing, jobs
from ideation.database import Connection
from ideation.entities.challenges import DECIDED_CHALLENGE_STATES
from ideation.entities.challenges_forms import ChallengeOut
from ideation.entities.ideas import DECIDED_STATES, IdeaState
from ideation.entities.ideas_forms import SORTS_BY_COUNTS, IdeaFilter, IdeaSort
from ideation.entities.people import Actor
from ideation.errors import Forbidden

# What a list can be narrowed to; drafts and withdrawn ideas are in nobody's list.
LISTED_STATES = [state for state in IdeaState if state not in (IdeaState.DRAFT, IdeaState.WITHDRAWN)]


@get("/challenges/{challenge_id:uuid}")
async def show(
    challenge_id: UUID, view: View, connection: Connection, actor: Actor, now: datetime, page: PageRequest
) -> Response[bytes]:
    """The challenge with its ideas, narrowed and ordered as the address says."""
    challenge = await challenges.read_challenge(connection, actor, challenge_id, now)
    state = view.choice("state", IdeaState)
    states = states_of(challenge)
    state = state if state in states else None
    kept = IdeaFilter(state=state, tag=view.word("tag"), text=view.word("q"), theme_id=view.id("theme"))
    sorts = _sorts(challenge)
    sort = view.choice("sort", IdeaSort)
    sort = sort if sort in sorts else IdeaSort.RANDOM
    try:
        found = await ideas_listing.list_ideas(
            connection, actor, challenge_id, now=now, limit=page.limit, after=page.after, kept=kept, sort=sort
        )
    except Forbidden:
        # Reviewers see no counts before they have sent theirs, so the orders by them are not theirs either.
        return view.redirect(view.address(sort=None, cursor=None))
    return view.page(
        "challenge.html",
        challenge=challenge,
        ideas=page_out(found, page),
        kept=kept,
        sort=sort,
        sorts=sorts,
        states=states,
        first=page.after is None,
        idea_count=await view.figures(
            connection, challenge_id, "ideas", lambda: challenges.count_ideas(connection, actor, challenge_id, now)
        ),
        analysis=await jobs.read_analysis(connection, actor, challenge_id, now) if challenge.may_run else None,
        progress=lambda analysis: likely_progress(analysis, now),
    )


def states_of(challenge: ChallengeOut) -> list[IdeaState]:
    """What lists of this challenge can be narrowed to: by decisions only once everybody may know them."""
    known = challenge.may_run or challenge.state in DECIDED_CHALLENGE_STATES
    return [state for state in LISTED_STATES if known or state not in DECIDED_STATES]


def _sorts(challenge: ChallengeOut) -> list[IdeaSort]:
    counts_shown = challenge.may_run or challenge.state in DECIDED_CHALLENGE_STATES or not challenge.counts_hidden
    return [sort for sort in IdeaSort if counts_shown or sort not in SORTS_BY_COUNTS]


handlers = [show]
