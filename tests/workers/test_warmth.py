"""Lanes load what new ideas need before they take a job."""

import os
import subprocess
import sys

import msgspec
import pytest

from tests.workers.analysis_world import SETTINGS
from workers.jobs import JOBS

_LOADED = """
import sys
import msgspec
from ideation.settings import Settings
from ideation.text.encoder import load_encoder
from ideation.text.transformer import load_transformer
from workers.warmth import warm_up
warm_up(msgspec.json.decode(sys.argv[1], type=Settings))
print(load_encoder.cache_info().currsize, load_transformer.cache_info().currsize, *sorted(sys.modules))
"""


@pytest.mark.parametrize(("refine", "transformers"), [(True, "1"), (False, "0")])
def test_a_lane_that_serves_new_ideas_has_loaded_encoders_and_jobs(refine: bool, transformers: str) -> None:
    settings = msgspec.structs.replace(SETTINGS, refine_ideas=refine)
    loaded = subprocess.run(
        [sys.executable, "-c", _LOADED, msgspec.json.encode(settings).decode()],
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert loaded[:2] == ["1", transformers]
    assert {"sklearn.cluster", *(path.split(":")[0] for path in JOBS.values())} <= set(loaded)


def test_the_parent_of_the_lanes_holds_none_of_it() -> None:
    code = "import sys, workers.__main__; print(*sorted({'sklearn', 'tokenizers'} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert loaded == []
