"""Why an idea stands where it stands in the panel's ranking, and what would change it, in words."""

from collections.abc import Mapping
from typing import Any

# Parts smaller than this, in points of the scale from 1 to 5, are not worth a sentence.
_WORTH_SAYING = 0.05

_SENTENCES = {
    "crowd": ("The crowd lifts it", "The crowd lowers it"),
    "severity": ("Its reviewers are stricter than others", "Its reviewers are milder than others"),
}


def reasons(told: Mapping[str, Any]) -> list[str]:
    """Sentences for people: the reviews first, then every correction worth saying, disagreement and wildcards."""
    said = [_reviews(told)]
    said += [
        f"{_SENTENCES[name][told[name] < 0]}: {told[name]:+.1f} points."
        for name in _SENTENCES
        if abs(told[name]) >= _WORTH_SAYING
    ]
    if told["disagreement"]:
        said.append(f"{told['disagreement'][0].upper()}{told['disagreement'][1:]}.")
    if told["wildcards"]:
        said.append("A reviewer's wildcard is on it.")
    return said


def what_would_change(best_reviews: int | None) -> str:
    """`best_reviews`: further reviews with the best scores that carry the idea to the line; None when none would."""
    if best_reviews is None:
        return "No number of further reviews would bring it onto the shortlist."
    if best_reviews == 0:
        return "It is on the shortlist's side of the line already."
    reviews = "1 further review" if best_reviews == 1 else f"{best_reviews} further reviews"
    return f"{reviews} with the best scores would bring it onto the shortlist."


def _reviews(told: Mapping[str, Any]) -> str:
    count = told["review_count"]
    if not count:
        return "Nobody has reviewed it yet; it stands where the crowd puts it."
    reviews = "1 review gives" if count == 1 else f"{count} reviews give"
    return f"{reviews} it {told['raw_mean']:.1f} of 5 on average, before corrections."
