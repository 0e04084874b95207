"""What a lane loads before it takes its first job, so that nobody's new idea waits for it."""

from ideation.settings import Settings
from ideation.text.encoder import load_encoder
from ideation.text.transformer import load_transformer
from workers.jobs import JOBS, find_job

_SENTENCE = ["Solar panels on the roof would pay for themselves."]


def warm_up(settings: Settings) -> None:
    """Import the jobs with what they compute with, and read the encoders. Takes about two seconds of processor time."""
    for name in JOBS:
        find_job(name)
    load_encoder().encode(_SENTENCE)
    if settings.refine_ideas:
        load_transformer().encode(_SENTENCE)
