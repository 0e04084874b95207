"""Which decisions are possible, and what the authors are told."""

from collections.abc import Sequence
from uuid import UUID

from ideation.entities.challenges import DECIDED_CHALLENGE_STATES, Challenge, ChallengeState
from ideation.entities.decisions import Decide, IdeaToDecide, Outcome, Recipient
from ideation.entities.ideas import DECIDED_STATES, IdeaState
from ideation.entities.people import Actor
from ideation.errors import Conflict, ConflictOfInterest, Forbidden, Invalid, NotFound, WrongState
from ideation.rules.challenges import runs_challenge

_OPEN = frozenset({IdeaState.SUBMITTED, IdeaState.UNDER_REVIEW})
_CHOSEN = frozenset({IdeaState.SELECTED, IdeaState.PLANNED})
_REFUSED = frozenset({IdeaState.DECLINED, IdeaState.ALREADY_EXISTS})
# From which states an outcome may follow. A refusal can be taken back; implemented is the end.
_FROM: dict[Outcome, frozenset[IdeaState]] = {
    Outcome.UNDER_REVIEW: _OPEN | _REFUSED,
    Outcome.SELECTED: _OPEN | _REFUSED | _CHOSEN,
    Outcome.PLANNED: _OPEN | _CHOSEN,
    Outcome.IMPLEMENTED: _CHOSEN,
    Outcome.DECLINED: _OPEN | _CHOSEN | _REFUSED,
    Outcome.ALREADY_EXISTS: _OPEN | _CHOSEN | _REFUSED,
}
_NEEDS_REASON = frozenset({Outcome.DECLINED, Outcome.ALREADY_EXISTS})
_WORDS = {
    Outcome.UNDER_REVIEW: "is being looked at by the panel",
    Outcome.SELECTED: "was selected",
    Outcome.PLANNED: "will be carried out",
    Outcome.IMPLEMENTED: "has been carried out",
    Outcome.DECLINED: "will not be taken further",
    Outcome.ALREADY_EXISTS: "exists already",
}


def may_know_decisions(actor: Actor, challenge: Challenge, *, author: bool, panel_member: bool) -> bool:
    """Until the challenge is decided, only authors, its panel and those who run it know what was decided."""
    decided = challenge.state in DECIDED_CHALLENGE_STATES
    return decided or author or panel_member or runs_challenge(actor, challenge)


def require_tells_no_decision(state: IdeaState | None, *, decisions_known: bool) -> None:
    """A filter by state must not tell what was decided."""
    if state in DECIDED_STATES and not decisions_known:
        raise Forbidden("What was decided is shown once the challenge is decided.", reason="decisions-hidden")


def require_decidable(challenge: Challenge) -> None:
    """Decisions are made after the close, and at any time in a challenge without an end."""
    if challenge.state in (ChallengeState.IN_REVIEW, ChallengeState.DECIDED):
        return
    if challenge.state is ChallengeState.RUNNING and _has_no_end(challenge):
        return
    raise WrongState(
        "Ideas are decided once the challenge has closed.", state=challenge.state, reason="decide-after-close"
    )


def require_closable(challenge: Challenge) -> None:
    """A challenge is decided as a whole once, after its close."""
    if challenge.state is ChallengeState.IN_REVIEW:
        return
    if challenge.state is ChallengeState.RUNNING and _has_no_end(challenge):
        return
    raise WrongState("Only a challenge in review can be decided.", state=challenge.state, reason="decide-in-review")


def require_sound(input: Decide) -> None:
    """No idea twice; a refusal says why."""
    if len(set(input.idea_ids)) != len(input.idea_ids):
        raise Invalid("An idea is named twice.", reason="idea-twice")
    if input.outcome in _NEEDS_REASON and not input.reason.strip():
        raise Invalid(
            f"'{input.outcome}' needs a reason: the authors will read it.",
            field="reason",
            reason="outcome-needs-reason",
            outcome=str(input.outcome),
        )


def require_possible(input: Decide, ideas: Sequence[IdeaToDecide]) -> None:
    """Every idea is there, stands by itself, and is in a state that this outcome may follow."""
    if len(ideas) != len(input.idea_ids):
        missing = set(input.idea_ids) - {idea.id for idea in ideas}
        raise NotFound("Some of these ideas are not in this challenge.", ideas=sorted(str(item) for item in missing))
    merged = [str(idea.id) for idea in ideas if idea.canonical_id is not None]
    if merged:
        raise WrongState(
            "Decide the idea that these were merged into; their authors are told too.",
            ideas=merged,
            reason="decide-the-survivor",
        )
    wrong = [str(idea.id) for idea in ideas if idea.state not in _FROM[input.outcome]]
    if wrong:
        raise WrongState(
            f"'{input.outcome}' cannot follow the present state of some ideas.",
            ideas=wrong,
            reason="outcome-cannot-follow",
            outcome=str(input.outcome),
        )


def require_not_own(person_id: UUID, ideas: Sequence[IdeaToDecide], recipients: Sequence[Recipient]) -> None:
    """Nobody decides an idea that they wrote, co-wrote, or had merged into it."""
    own_ids = {one.idea_id for one in recipients if one.person_id == person_id}
    own = [idea for idea in ideas if idea.id in own_ids]
    if own:
        titles = ", ".join(f"“{idea.title}”" for idea in own)
        raise ConflictOfInterest(
            f"You had a hand in {titles}; somebody else who runs the challenge decides.",
            ideas=[str(idea.id) for idea in own],
            titles=titles,
            reason="decide-own",
        )


def require_owed_named(owed: int, named: int) -> None:
    """Whoever decides a challenge with answers owed says how many, so that it is no oversight."""
    if owed != named:
        word = "answer is" if owed == 1 else "answers are"
        raise Conflict(
            f"{owed} {word} still owed; give them, or decide with answers_owed = {owed}.",
            answers_owed=owed,
            reason="answers-owed",
        )


def message_for(title: str, input: Decide) -> str:
    """What the authors of one idea are told."""
    told = f"Your idea “{title}” {_WORDS[input.outcome]}."
    if input.reason.strip():
        told += f" Why: {input.reason.strip()}"
    if input.lesson.strip():
        told += f" What we learned: {input.lesson.strip()}"
    return told


def people_by_idea(pairs: Sequence[tuple[UUID, UUID]]) -> dict[UUID, list[UUID]]:
    """People grouped by idea."""
    result: dict[UUID, list[UUID]] = {}
    for idea_id, person_id in pairs:
        result.setdefault(idea_id, []).append(person_id)
    return result


def _has_no_end(challenge: Challenge) -> bool:
    return challenge.submit_closes_at is None or challenge.vote_closes_at is None
