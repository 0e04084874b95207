"""The transformer's vectors do not depend on how many cores it may use."""

import os

import numpy as np
import pytest

from ideation.text.transformer import load_transformer

_TEXTS = [f"Share van {number} with the {'office ' * (number % 40)}next door" for number in range(150)]


def test_vectors_are_the_same_on_one_core_and_on_several(monkeypatch: pytest.MonkeyPatch) -> None:
    results = []
    for cores in (1, 2, 5):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _pid, cores=cores: set(range(cores)))
        results.append(load_transformer().encode(_TEXTS))
    assert [np.abs(result - results[0]).max() < 1e-6 for result in results] == [True] * 3
    assert (results[1] == results[2]).all()


def test_error_in_one_batch_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = load_transformer()
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 1})

    def failing(_token_ids: object) -> None:
        raise MemoryError

    monkeypatch.setattr(encoder, "_pooled", failing)
    with pytest.raises(MemoryError):
        encoder.encode(_TEXTS)
