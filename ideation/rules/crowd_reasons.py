"""Why an idea stands where it stands in the crowd's ranking, in words."""

from collections.abc import Mapping
from typing import Any

from ideation.entities.challenges import TOKEN_METHODS, VotingMethod

# Corrections smaller than this, in points of the yes rate, are not worth a sentence.
_WORTH_SAYING = 0.01

_SENTENCES = {
    "place": ("It was dealt further down than others, where attention falls", "It was dealt further up than others"),
    "own_department": (
        "Its author's department voted harder on it",
        "Its author's own department was among the voters",
    ),
    "voters": ("Its voters rarely say yes", "Its voters say yes easily"),
    "opponents": ("It met strong opponents", "It met weak opponents"),
    "caution": ("Few answers: held towards the average", "Few answers: held towards the average"),
}


def reasons(method: VotingMethod, counts: Mapping[str, float], parts: Mapping[str, float]) -> list[str]:
    """Sentences for people, the counts first, then every correction worth saying, then who does not rank."""
    said = [_answers(method, counts)]
    said += [
        _correction(name, parts[name], method) for name in _SENTENCES if abs(parts.get(name, 0.0)) >= _WORTH_SAYING
    ]
    if counts["supporters"]:
        said.append(f"{_people(counts['supporters'])} support it through its link; that is shown and does not rank.")
    return said


def without_own_department(method: VotingMethod, contributions: Mapping[str, Any]) -> dict[str, Any]:
    """The same for somebody who may not know the authors: what their department did counts as one of the voters.

    Otherwise the first vote from a department would tell whether it is the author's.
    """
    parts = dict(contributions.get("parts", {}))
    if "own_department" not in parts:
        return dict(contributions)
    parts["voters"] = parts.get("voters", 0.0) + parts.pop("own_department")
    return {**contributions, "parts": parts, "reasons": reasons(method, contributions["counts"], parts)}


def _answers(method: VotingMethod, counts: Mapping[str, float]) -> str:
    answered = int(counts["answers"])
    if not answered:
        return "Nobody has answered it yet, so it stands at the average with a wide interval."
    if method is VotingMethod.STARS:
        return f"{int(counts['yes'])} of {_people(answered)} it was dealt to gave it stars."
    if method in TOKEN_METHODS:
        kind = "tokens" if method is VotingMethod.BUDGET else "lemons"
        return f"{int(counts['yes'])} of {_people(answered)} it was dealt to gave it {int(counts['tokens'])} {kind}."
    if method is VotingMethod.PAIRWISE:
        return f"It was preferred in {int(counts['yes'])} of the {answered} pairs it was dealt in."
    verb = "voted it up" if method is VotingMethod.UP_VOTE else "said yes"
    return f"{int(counts['yes'])} of {_people(answered)} it was dealt to {verb}."


def _correction(name: str, points: float, method: VotingMethod) -> str:
    up, down = _SENTENCES[name]
    unit = {VotingMethod.STARS: "stars", VotingMethod.BUDGET: "tokens"}.get(method)
    size = f"{points:+.1f} {unit}" if unit else f"{100 * points:+.0f} points"
    return f"{up if points > 0 else down}: {size}."


_FURTHER = {
    VotingMethod.YES_NO: ("yes answers", "no answers"),
    VotingMethod.UP_VOTE: ("up-votes", "answers without an up-vote"),
    VotingMethod.STARS: ("ratings of 5 stars", "ratings of 1 star"),
    VotingMethod.BUDGET: ("people who give all their tokens", "people who give nothing"),
    VotingMethod.LEMONS: ("people who give no lemon", "lemons"),
    VotingMethod.PAIRWISE: ("pairs won", "pairs lost"),
}


def what_would_change(method: VotingMethod, further: tuple[str, int] | None) -> str | None:
    """In words, about how many further answers in a row would bring the idea onto the shortlist, or take it off."""
    if further is None:
        return None
    side, count = further
    best, worst = _FURTHER[method]
    if side == "best":
        return f"About {count} further {best} in a row would bring it onto the shortlist."
    return f"About {count} further {worst} in a row would take it off the shortlist."


def _people(count: float) -> str:
    return "1 person" if count == 1 else f"{int(count)} people"
