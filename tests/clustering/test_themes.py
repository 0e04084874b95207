"""Themes: found, labelled, steady, and nothing breaks on odd input."""

import numpy as np
import pytest

from ideation.text.encoder import load_encoder
from tests.clustering.ideas import corpus_of, idea_texts
from workers.clustering.corpus import build_corpus
from workers.clustering.measures import theme_agreement
from workers.clustering.placement import place
from workers.clustering.stability import match_themes
from workers.clustering.themes import cluster
from workers.clustering.values import OUTSIDE, Themes

NAME = "static-minilm-256/3"


@pytest.fixture(scope="module")
def themes() -> Themes:
    return cluster(corpus_of(idea_texts()), encoder=NAME)


def test_cluster_keeps_the_same_matter_together(themes: Themes) -> None:
    matters = [str(number // 4) for number in range(96)]
    inside = themes.theme_of != OUTSIDE
    assert inside.mean() > 0.8
    assert theme_agreement(themes.theme_of[inside], [matters[i] for i in np.flatnonzero(inside)])[0] > 0.6


def test_cluster_describes_every_theme(themes: Themes) -> None:
    labels = [theme.label for theme in themes.themes]
    assert len(set(labels)) == len(labels)
    for number, theme in enumerate(themes.themes):
        assert theme.members == np.flatnonzero(themes.theme_of == number).tolist()
        assert set(theme.typical) <= set(theme.members)
        assert theme.terms
    assert themes.outsiders == np.flatnonzero(themes.theme_of == OUTSIDE).tolist()


def test_cluster_places_every_idea_and_measures_novelty(themes: Themes) -> None:
    assert themes.places.shape == (96, 2)
    assert np.abs(themes.places).max() <= 1
    assert ((themes.novelty >= 0) & (themes.novelty <= 1)).all()
    assert np.isfinite(themes.typicality).all()


def test_cluster_with_the_same_seed_is_the_same(themes: Themes) -> None:
    again = cluster(corpus_of(idea_texts()), encoder=NAME)
    assert again.theme_of.tolist() == themes.theme_of.tolist()
    assert again.places.tolist() == themes.places.tolist()
    assert [theme.label for theme in again.themes] == [theme.label for theme in themes.themes]


def test_cluster_again_keeps_every_idea_in_its_theme(themes: Themes) -> None:
    again = cluster(
        corpus_of(idea_texts()), encoder=NAME, previous=themes.theme_of.tolist(), places_before=themes.places
    )
    matches = match_themes(ideas_by_theme(themes), [theme.members for theme in again.themes])
    kept = {match.new: match.previous for match in matches}
    renamed = [kept.get(int(number), OUTSIDE) for number in again.theme_of]
    assert renamed == themes.theme_of.tolist()


def test_cluster_with_new_ideas_keeps_nearly_every_theme(themes: Themes) -> None:
    added = ["Solar lamps\nOn the car park.", "Vegan lunch\nOnce a week.", "Bus to the station", "Free books", "Tandem"]
    before = [*themes.theme_of.tolist(), *[OUTSIDE] * len(added)]
    again = cluster(corpus_of([*idea_texts(), *added]), encoder=NAME, previous=before)
    matches = match_themes(ideas_by_theme(themes), [theme.members for theme in again.themes])
    kept = {match.new: match.previous for match in matches}
    same = [kept.get(int(new), OUTSIDE) == old for new, old in zip(again.theme_of[:96], themes.theme_of, strict=True)]
    assert np.mean(same) >= 0.95


def test_themes_are_sought_anew_only_for_a_much_better_division(themes: Themes) -> None:
    again = cluster(corpus_of(idea_texts()), encoder=NAME, previous=themes.theme_of.tolist(), seek=True)
    assert again.theme_of.tolist() == themes.theme_of.tolist()
    halves = [number % 2 for number in range(96)]
    better = cluster(corpus_of(idea_texts()), encoder=NAME, previous=halves, seek=True)
    assert better.theme_of.tolist() == themes.theme_of.tolist()


def test_kept_ideas_stay_together_however_unlike(themes: Themes) -> None:
    previous = themes.theme_of.copy()
    previous[[0, 95]] = 50
    again = cluster(corpus_of(idea_texts()), encoder=NAME, previous=previous.tolist(), kept=[50])
    assert again.theme_of[0] == again.theme_of[95] != OUTSIDE


@pytest.mark.parametrize(
    "texts",
    [
        [""] * 40,
        ["🎉🚀"] * 40,
        ["Solar"] * 40,
        ["Solar panels\n" + "word " * 20_000] * 8,
        [f"<b>Bold</b> {number}\n<script>alert({number})</script>" for number in range(40)],
        ["Mehr Fahrräder", "Plus de vélos", "Más bicicletas", "More bikes", "もっと自転車", "Больше велосипедов"] * 10,
    ],
    ids=["empty", "emoji", "one word", "huge", "markup", "languages"],
)
def test_cluster_of_odd_texts_gives_numbers_and_the_same_ones_again(texts: list[str]) -> None:
    first, again = (cluster(corpus_of(texts), encoder=NAME) for _ in range(2))
    for values in (first.places, first.novelty, first.typicality):
        assert np.isfinite(values).all()
    assert first.theme_of.tolist() == again.theme_of.tolist()
    assert first.places.tolist() == again.places.tolist()
    assert sorted([*first.outsiders, *[idea for theme in first.themes for idea in theme.members]]) == list(
        range(len(texts))
    )


def test_the_map_stays_when_ideas_are_added(themes: Themes) -> None:
    added = ["Solar lamps\nOn the car park.", "Vegan lunch\nOnce a week.", "Bus to the station", "Free books", "Tandem"]
    before = [*themes.theme_of.tolist(), *[OUTSIDE] * len(added)]
    places = np.vstack([themes.places, np.full((len(added), 2), np.nan)])
    again = cluster(corpus_of([*idea_texts(), *added]), encoder=NAME, previous=before, places_before=places)
    moved = np.linalg.norm(again.places[:96] - themes.places, axis=1)
    assert np.median(moved) < 0.01
    assert np.quantile(moved, 0.95) < 0.05


def test_cluster_counts_earlier_ideas_against_novelty(themes: Themes) -> None:
    texts = idea_texts()
    known = cluster(corpus_of(texts), encoder=NAME, earlier=load_encoder().encode(texts))
    assert (known.novelty <= themes.novelty + 1e-6).all()
    assert known.novelty.mean() < themes.novelty.mean()


@pytest.mark.parametrize("count", [0, 1, 5])
def test_cluster_of_few_ideas_leaves_all_outside(count: int) -> None:
    themes = cluster(corpus_of(idea_texts()[:count]), encoder=NAME)
    assert themes.themes == []
    assert themes.outsiders == list(range(count))
    assert themes.places.shape == (count, 2)


def test_cluster_of_identical_ideas_is_one_theme() -> None:
    themes = cluster(corpus_of(["Reuse the boxes\nAgain."] * 60), encoder=NAME)
    assert [len(theme.members) for theme in themes.themes] in ([60], [])
    assert np.isfinite(themes.places).all()


def test_cluster_leaves_texts_without_words_outside() -> None:
    texts = [*idea_texts(), "", "🎉🚀", "\ud800"]
    themes = cluster(corpus_of(texts), encoder=NAME)
    assert themes.theme_of[96] == OUTSIDE
    assert np.isfinite(themes.novelty).all()


def test_stop_words_do_not_name_themes() -> None:
    texts = [f"Acme {text}" for text in idea_texts()]
    corpus = build_corpus(texts, load_encoder().encode(texts), stop_words=["Acme"])
    themes = cluster(corpus, encoder=NAME, stop_words=["Acme"])
    assert not any("acme" in term for theme in themes.themes for term in theme.terms)


def test_place_puts_a_known_text_where_it_was(themes: Themes) -> None:
    texts = idea_texts()
    vectors = load_encoder().encode(texts)
    placed = place(themes.model, vectors, others=vectors)
    inside = themes.theme_of != OUTSIDE
    assert (placed.theme_of[inside] == themes.theme_of[inside]).mean() > 0.9
    assert placed.places.shape == (96, 2)


def test_place_leaves_a_stranger_outside(themes: Themes) -> None:
    placed = place(themes.model, load_encoder().encode(["", "Quarterly ledger reconciliation of subsidiaries"]))
    assert placed.theme_of[0] == OUTSIDE
    assert placed.novelty.tolist() == [1.0, 1.0]


def test_match_themes_follows_ideas_not_numbers() -> None:
    matches = match_themes({"a": [1, 2, 3], "b": [4, 5, 6]}, [[4, 5, 6, 9], [1, 2, 3], [7, 8]])
    assert [match.previous for match in matches] == ["b", "a", None]


def test_match_themes_gives_no_name_to_a_different_theme() -> None:
    matches = match_themes({"a": [1, 2, 3, 4, 5]}, [[5, 6, 7, 8], [1, 2, 3, 4]])
    assert [match.previous for match in matches] == [None, "a"]


def test_match_themes_without_a_past_is_all_new() -> None:
    assert [match.previous for match in match_themes({}, [[1], [2]])] == [None, None]


def ideas_by_theme(themes: Themes) -> dict[int, list[int]]:
    return {number: theme.members for number, theme in enumerate(themes.themes)}
