"""Ideas in order of likeness: the reworded one comes first, in languages the encoder never learned too."""

import numpy as np
import pytest

from tests.clustering.ideas import corpus_of, idea_texts
from workers.clustering.retrieval import rank_similar

REWORDED = [
    (
        "Solarzellen auf dem Dach der Kantine\nWir sollten auf dem Kantinendach Solarzellen anbringen.",
        "Kantinendach für Solarstrom nutzen\nAuf das Dach der Kantine passen Solarzellen.",
    ),
    (
        "Des vélos de service pour les rendez-vous\nAcheter des vélos pour aller aux rendez-vous en ville.",
        "Vélos pour les rendez-vous en ville\nOn irait aux rendez-vous avec un vélo de service.",
    ),
    (
        "Больше стоек для велосипедов\nУ входа не хватает стоек для велосипедов.",  # noqa: RUF001
        "Стойки для велосипедов у входа\nПоставить ещё стойки, велосипедам не хватает места.",  # noqa: RUF001
    ),
]


@pytest.mark.parametrize("place", range(len(REWORDED)))
def test_the_reworded_idea_comes_first_in_other_languages(place: int) -> None:
    texts = [*idea_texts(), *(text for pair in REWORDED for text in pair)]
    asked = len(idea_texts()) + 2 * place
    (ranked,) = rank_similar(corpus_of(texts), np.array([asked]))
    assert ranked[0] == asked + 1


def test_ranking_is_repeatable_and_leaves_the_asking_idea_out() -> None:
    rows = np.arange(len(idea_texts()))
    one, two = (rank_similar(corpus_of(idea_texts()), rows) for _ in range(2))
    assert [found.tolist() for found in one] == [found.tolist() for found in two]
    assert all(row not in found for row, found in zip(rows.tolist(), one, strict=True))


@pytest.mark.parametrize("texts", [["Lunch"], ["", ""], ["🎉", "🎉"]])
def test_little_or_nothing_to_compare_gives_short_lists(texts: list[str]) -> None:
    ranked = rank_similar(corpus_of(texts), np.arange(len(texts)))
    assert [len(found) < len(texts) for found in ranked] == [True] * len(texts)


def test_no_ideas_no_lists() -> None:
    assert rank_similar(corpus_of([]), np.zeros(0, dtype=np.int64)) == []
