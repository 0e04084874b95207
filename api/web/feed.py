"""The feed: one card at a time, answered with a button or a key; the last answer can be taken again."""

from datetime import datetime
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.exceptions import ClientException

from api.dependencies import AnyRequest
from api.web.forms import read_form
from api.web.views import View
from ideation.actions import challenges, feed, ideas_reading, votes
from ideation.database import Connection
from ideation.entities.challenges import VotingMethod
from ideation.entities.feed import DealInput
from ideation.entities.people import Actor
from ideation.entities.votes import Answer, AnswerInput
from ideation.errors import ChallengeClosed
from ideation.markdown import render_markdown

# Buttons of each voting method, from left to right: the answer as it is sent, and the key that gives it.
BUTTONS = {
    VotingMethod.YES_NO: [("no", "n"), ("skip", "s"), ("yes", "y")],
    VotingMethod.UP_VOTE: [("skip", "s"), ("up", "y")],
    VotingMethod.STARS: [(str(stars), str(stars)) for stars in range(1, 6)],
    VotingMethod.BUDGET: [(str(tokens), str(tokens)) for tokens in range(6)],
    VotingMethod.LEMONS: [(str(lemons), str(lemons)) for lemons in range(4)],
}


class ShownCard(msgspec.Struct, frozen=True, kw_only=True):
    """A card on the page, dealt just now or brought back."""

    id: UUID
    idea_id: UUID
    title: str
    body_html: str
    tags: list[str]
    number: int | None


# A reload deals the same cards again, so reading this page twice counts no second view.
@get("/challenges/{challenge_id:uuid}/feed", opt={"writes": True})
async def show(challenge_id: UUID, view: View, connection: Connection, actor: Actor, now: datetime) -> Response[bytes]:
    """The next card, or the one to answer again."""
    challenge = await challenges.read_challenge(connection, actor, challenge_id, now)
    again = _ids(view.request.query_params.get("again"))
    try:
        hand = await feed.deal(connection, actor, challenge_id, DealInput(), now)
    except ChallengeClosed:
        return view.page("feed_closed.html", status=409, challenge=challenge)
    card = None
    if again is not None:
        idea = await ideas_reading.read_idea(connection, actor, again[1], now)
        card = ShownCard(
            id=again[0], idea_id=idea.id, title=idea.title, body_html=idea.body_html, tags=idea.tags, number=None
        )
    elif hand.cards:
        first = hand.cards[0]
        body_html = render_markdown(first.body)
        card = ShownCard(
            id=first.id,
            idea_id=first.idea_id,
            title=first.title,
            body_html=body_html,
            tags=first.tags,
            number=first.position,
        )
    return view.page(
        "feed.html",
        challenge=challenge,
        card=card,
        left=len(hand.cards),
        buttons=BUTTONS[hand.voting_method],
        last=view.request.query_params.get("last") if again is None else None,
    )


@post("/challenges/{challenge_id:uuid}/feed")
async def answer(
    challenge_id: UUID, request: AnyRequest, view: View, connection: Connection, actor: Actor, now: datetime
) -> Response[bytes]:
    """Takes one answer and goes on to the next card."""
    form = await read_form(request)
    ids = _ids(form.text("card"))
    if ids is None:
        raise ClientException(detail="The form names no card.")
    await votes.answer_card(connection, actor, ids[0], AnswerInput(answer=_answer(form.text("answer"))), now)
    return view.redirect(f"/challenges/{challenge_id}/feed?last={ids[0]}.{ids[1]}")


def _answer(given: str) -> Answer:
    try:
        answer: Answer = msgspec.convert(int(given) if given.isdigit() else given, Answer)
    except (msgspec.ValidationError, ValueError):
        raise ClientException(detail="This is not one of the answers.") from None
    return answer


def _ids(given: str | None) -> tuple[UUID, UUID] | None:
    """The card and its idea, as a form or an address names them."""
    card, _, idea = (given or "").partition(".")
    try:
        return UUID(card), UUID(idea)
    except ValueError:
        return None


handlers = [show, answer]
