"""Small corpora of made-up ideas for the tests of clustering."""

from collections.abc import Sequence

from ideation.text.encoder import encode_ideas, load_encoder
from ideation.text.normalise import idea_text
from workers.clustering.corpus import Corpus, build_corpus

SUBJECTS = {
    "energy": [
        "solar panels",
        "heat pumps",
        "LED lamps",
        "wind turbine",
        "insulated windows",
        "motion sensors for light",
    ],
    "food": ["vegetarian lunch", "fresh fruit", "canteen queue", "coffee machine", "salad bar", "local vegetables"],
    "travel": ["bike racks", "car sharing", "train tickets", "shuttle bus", "charging stations", "parking spaces"],
    "learning": ["language courses", "mentoring", "training budget", "book club", "lunch talks", "coding workshops"],
}
FRAMES = ["{} for the main building", "we should get {}", "more {} please", "why not try {} at our site"]


def idea_texts() -> list[str]:
    """96 ideas: four subjects of six matters, each said in four ways."""
    return [
        idea_text(frame.format(matter).capitalize(), f"It would help everybody. {subject}: {matter}.")
        for subject, matters in SUBJECTS.items()
        for matter in matters
        for frame in FRAMES
    ]


def corpus_of(texts: Sequence[str]) -> Corpus:
    """The corpus of texts with vectors of the static encoder."""
    return build_corpus(texts, encode_ideas(load_encoder(), texts))
