"""The feed: one card at a time, answered with a button, a key or a swipe; the last answer can be taken again."""

from datetime import datetime
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.exceptions import ClientException

from api.dependencies import AnyRequest
from api.web import pairs
from api.web.forms import read_form
from api.web.views import View
from ideation.actions import challenges, feed, ideas_reading, votes
from ideation.database import Connection
from ideation.entities.challenges import TOKEN_METHODS, VotingMethod
from ideation.entities.challenges_forms import ChallengeOut
from ideation.entities.feed import DealInput
from ideation.entities.people import Actor
from ideation.entities.votes import Answer, AnswerInput, Word
from ideation.errors import ChallengeClosed
from ideation.markdown import render_markdown

# Buttons of each voting method, from left to right: the answer as it is sent, and the key that gives it.
BUTTONS = {
    VotingMethod.YES_NO: [("no", "n"), ("skip", "s"), ("yes", "y")],
    VotingMethod.UP_VOTE: [("skip", "s"), ("up", "y")],
    VotingMethod.STARS: [*((str(stars), str(stars)) for stars in range(1, 6)), ("skip", "s")],
    VotingMethod.BUDGET: [*((str(tokens), str(tokens)) for tokens in range(6)), ("skip", "s")],
    VotingMethod.LEMONS: [*((str(lemons), str(lemons)) for lemons in range(4)), ("skip", "s")],
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
    """The next card, or the one to answer again; where ideas are compared, the next pair."""
    challenge = await challenges.read_challenge(connection, actor, challenge_id, now)
    try:
        if challenge.voting_method is VotingMethod.PAIRWISE:
            return await pairs.pair_page(view, connection, actor, challenge, now)
        return await _card_page(view, connection, actor, challenge, now)
    except ChallengeClosed:
        return view.page("feed_closed.html", status=409, challenge=challenge)


async def _card_page(
    view: View, connection: Connection, actor: Actor, challenge: ChallengeOut, now: datetime
) -> Response[bytes]:
    again = _ids(view.request.query_params.get("again"))
    hand = await feed.deal(connection, actor, challenge.id, DealInput(), now)
    card = None
    if again is not None:
        card = await _card_again(connection, actor, again, now)
    elif hand.cards:
        first = hand.cards[0]
        card = ShownCard(
            id=first.id,
            idea_id=first.idea_id,
            title=first.title,
            body_html=render_markdown(first.body),
            tags=first.tags,
            number=first.position,
        )
    return view.page(
        "feed.html",
        challenge=challenge,
        card=card,
        dealt=hand.cards[-1].position if hand.cards else 0,
        buttons=BUTTONS[challenge.voting_method],
        tokens=challenge.voting_method if challenge.voting_method in TOKEN_METHODS else None,
        tokens_left=await votes.tokens_left(connection, actor, challenge, card.idea_id if card else None),
        last=view.request.query_params.get("last") if again is None else None,
    )


async def _card_again(connection: Connection, actor: Actor, ids: tuple[UUID, UUID], now: datetime) -> ShownCard:
    idea = await ideas_reading.read_idea(connection, actor, ids[1], now)
    return ShownCard(
        id=ids[0], idea_id=idea.id, title=idea.title, body_html=idea.body_html, tags=idea.tags, number=None
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
    given = _answer(form.text("answer"))
    challenge = await challenges.read_challenge(connection, actor, challenge_id, now)
    left = await votes.tokens_left(connection, actor, challenge, ids[1])
    if left is not None and not isinstance(given, Word) and given > left:
        return view.redirect(f"/challenges/{challenge_id}/feed", "tokens_gone")
    await votes.answer_card(connection, actor, ids[0], AnswerInput(answer=given), now)
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
