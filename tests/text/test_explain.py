"""Why two texts look alike."""

from ideation.text.encoder import load_encoder
from ideation.text.explain import matching_passages, passages, shared_terms


def test_shared_terms_meet_across_inflection_and_come_rarest_first() -> None:
    terms = shared_terms("Voting on parking spaces", "Votes for a parking space", document_share={"park": 0.5})
    assert terms == ["spaces", "voting", "parking"]


def test_shared_terms_of_unrelated_texts_are_none() -> None:
    assert shared_terms("solar roof", "lunch menu") == []


def test_matching_passages_name_the_sentences_that_agree() -> None:
    first = "The canteen is loud. Put solar panels on the roof."
    second = "Install solar panels on our roof! Parking is scarce."
    (match, *rest) = matching_passages(first, second, load_encoder())
    assert (match.first, match.second) == ("Put solar panels on the roof.", "Install solar panels on our roof!")
    assert all(other.similarity <= match.similarity for other in rest)


def test_matching_passages_of_empty_texts_are_none() -> None:
    assert matching_passages("", "Solar panels", load_encoder()) == []


def test_passages_skip_sentences_without_content() -> None:
    assert passages("Why not? Reuse the boxes.") == ["Reuse the boxes."]
