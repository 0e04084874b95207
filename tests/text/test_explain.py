"""Why two texts look alike."""

import pytest

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


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        (
            "Share rides, i.e. one car for four. It saves fuel.",
            ["Share rides, i.e. one car for four.", "It saves fuel."],
        ),
        ("Print less, e.g. Drafts stay digital! Then count.", ["Print less, e.g. Drafts stay digital!", "Then count."]),
        ("Obst, z. B. Birnen, d. h. Reifes. Täglich frisch.", ["Obst, z. B. Birnen, d. h. Reifes.", "Täglich frisch."]),
        ("Obst, z.B. Birnen. Täglich frisch.", ["Obst, z.B. Birnen.", "Täglich frisch."]),
        ("Move to v1.2 at 3.5 % less. See example.org now.", ["Move to v1.2 at 3.5 % less.", "See example.org now."]),
        (
            "Ask Dr. Lind on the 3. Mai bzw. before. Thanks ahead.",
            ["Ask Dr. Lind on the 3. Mai bzw. before.", "Thanks ahead."],
        ),
        (
            "Bikes, benches, etc. help. Nr. 5 leaks, etc. Mend roof.",
            ["Bikes, benches, etc. help.", "Nr. 5 leaks, etc.", "Mend roof."],
        ),
        ("Loud canteen.Solar roof...parking scarce", ["Loud canteen.", "Solar roof...", "parking scarce"]),
        ("Sold in 2024. Bought again", ["Sold in 2024.", "Bought again"]),
        ("Use plan e.g.\nSolar roof z.", ["Use plan e.g.", "Solar roof z."]),
    ],
)
def test_full_stops_of_abbreviations_and_numbers_end_no_sentence(text: str, sentences: list[str]) -> None:
    assert passages(text) == sentences


def test_splitting_takes_no_longer_than_the_text_is_long() -> None:
    for text in ("e.g. " * 20_000, "1." * 50_000, "." * 100_000, "a" * 100_000, "z. " * 30_000):
        assert len(passages(text)) <= 24
