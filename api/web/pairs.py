"""Comparing ideas two at a time."""

from datetime import datetime
from uuid import UUID

from litestar import Response, post
from litestar.exceptions import ClientException

from api.dependencies import AnyRequest
from api.web.forms import read_form
from api.web.views import View
from ideation.actions import pairs
from ideation.database import Connection
from ideation.entities.challenges_forms import ChallengeOut
from ideation.entities.pairs import AnswerPair, DealPairs, PairAnswer
from ideation.entities.people import Actor
from ideation.markdown import render_markdown


async def pair_page(
    view: View, connection: Connection, actor: Actor, challenge: ChallengeOut, now: datetime
) -> Response[bytes]:
    """The next pair, or the one to answer again."""
    again = view.id("again")
    hand = await pairs.deal(connection, actor, challenge.id, DealPairs(), now)
    pair = next(iter(hand.pairs), None) if again is None else await pairs.read_pair(connection, actor, again)
    sides = [] if pair is None else [(side, render_markdown(side.body)) for side in (pair.left, pair.right)]
    return view.page(
        "pair.html",
        challenge=challenge,
        pair=pair,
        sides=sides,
        waiting=len(hand.pairs),
        again=again is not None,
        last=view.id("last") if again is None else None,
    )


@post("/challenges/{challenge_id:uuid}/pairs")
async def answer(
    challenge_id: UUID, request: AnyRequest, view: View, connection: Connection, actor: Actor, now: datetime
) -> Response[bytes]:
    """Takes one answer and goes on to the next pair."""
    form = await read_form(request)
    pair_id = form.id("pair")
    given = next((word for word in PairAnswer if word == form.text("answer")), None)
    if given is None:
        raise ClientException(detail="This is not one of the answers.")
    await pairs.answer(connection, actor, pair_id, AnswerPair(answer=given), now)
    return view.redirect(f"/challenges/{challenge_id}/feed?last={pair_id}")


handlers = [answer]
