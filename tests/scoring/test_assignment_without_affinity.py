"""A first panel has written nothing yet: nobody matches anything, and all ideas still need their reviews."""

import numpy as np
import pytest

from scoring.assignment import assign


@pytest.mark.parametrize("affinity", [0.0, 1e-12, 1e12])
def test_reviews_are_placed_whatever_the_unit_of_affinity(affinity: float) -> None:
    result = assign(
        affinity=np.full((3, 6), affinity),
        conflict=np.zeros((3, 6), dtype=np.bool_),
        reviews_needed=[2] * 6,
        load_limit=[5] * 3,
    )
    assert (result.idea_index.size, result.missing.tolist()) == (12, [0] * 6)
