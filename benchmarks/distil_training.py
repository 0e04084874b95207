"""Training of the static encoder: vectors of tokens and of pairs of tokens, whose sum says what the teacher says."""

from typing import Any, NamedTuple

import numpy as np
import torch  # type: ignore[import-not-found]
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]

EPOCHS, BATCH, LEARNING_RATE = 8, 1_024, 5e-3


class Units(NamedTuple):
    """What texts are made of: rows of the table, text after text; text i has those from starts[i] to starts[i + 1]."""

    rows: Integers
    starts: Integers

    def of(self, texts: Integers) -> tuple[Any, Any]:
        """The rows of some texts and where each begins, as torch wants them."""
        lengths = self.starts[texts + 1] - self.starts[texts]
        offsets = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        places = np.arange(lengths.sum()) - np.repeat(offsets - self.starts[texts], lengths)
        return torch.from_numpy(self.rows[places]), torch.from_numpy(offsets)


def train(units: Units, targets: Floats, first: Floats, *, seed: int = 0) -> Floats:
    """Rows whose mean over a text is nearest to its target by cosine; the shape of `first`, where they begin.

    targets: unit rows, one for each text.
    """
    torch.manual_seed(seed)
    generator = np.random.default_rng(seed)
    table = torch.nn.Parameter(torch.from_numpy(first.copy()))
    shift = torch.nn.Parameter(torch.zeros(first.shape[1]))
    optimisers = [torch.optim.SparseAdam([table], lr=LEARNING_RATE), torch.optim.Adam([shift], lr=1e-3)]
    wanted = torch.from_numpy(targets)
    in_epoch = len(targets) // BATCH
    for step in range(EPOCHS * in_epoch):
        if step % in_epoch == 0:
            order = generator.permutation(len(targets))
        part = order[step % in_epoch * BATCH :][:BATCH]
        rows, offsets = units.of(part)
        means = torch.nn.functional.embedding_bag(rows, table, offsets, mode="mean", sparse=True) + shift
        loss = 1 - torch.nn.functional.cosine_similarity(means, wanted[part]).mean()
        for optimiser in optimisers:
            optimiser.param_groups[0]["lr"] = LEARNING_RATE * (1 - step / (EPOCHS * in_epoch))
            optimiser.zero_grad()
        loss.backward()
        for optimiser in optimisers:
            optimiser.step()
    return np.asarray(table.detach().numpy())
