"""The file of the shipped static encoder, for those who need its name and not the encoder itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.lib.npyio import NpzFile


@contextmanager
def open_artefact() -> Iterator[NpzFile]:
    """The arrays codes, scales, pairs and name; each is read when asked for."""
    with files("ideation.text").joinpath("data/static_encoder.npz").open("rb") as file, np.load(file) as artefact:
        yield artefact


@cache
def encoder_name() -> str:
    """The name that vectors of the shipped static encoder carry in the database."""
    with open_artefact() as artefact:
        return str(artefact["name"])
