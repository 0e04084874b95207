"""Staged jobs as workers run them and as people see them."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

LONGEST_RUN = timedelta(hours=1)
"""A run of an analysis that has not ended after this long was cut off."""


class JobState(StrEnum):
    """Where a staged job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


class ClaimedJob(msgspec.Struct, frozen=True, kw_only=True):
    """A row that the drain has claimed and now hands to the queue; `attempts` counts this hand-over too."""

    id: UUID
    queue: str
    attempts: int


class StartedJob(msgspec.Struct, frozen=True, kw_only=True):
    """A row that a worker has begun."""

    id: UUID
    job: str
    subject: str
    arguments: dict[str, Any]
    request_id: str | None
    attempts: int


class JobView(msgspec.Struct, frozen=True, kw_only=True):
    """A job as administrators and those who run a challenge see it."""

    id: UUID
    job: str
    subject: str
    state: JobState
    attempts: int
    staged_at: datetime
    not_before: datetime
    started_at: datetime | None
    finished_at: datetime | None
    failed_at: datetime | None
    error: str | None


class JobSubject(msgspec.Struct, frozen=True, kw_only=True):
    """The challenge that a job is about: its subject itself, or that of the idea which is its subject."""

    subject: str
    challenge_id: UUID
    question: str


class AnalysisKind(StrEnum):
    """What the workers compute for a challenge."""

    DUPLICATES = "duplicates"
    THEMES = "themes"
    RANKING = "ranking"
    INTEGRITY = "integrity"


class AnalysisFreshness(msgspec.Struct, frozen=True, kw_only=True):
    """How fresh an analysis is: what the last good run saw, and whether one runs or failed since."""

    kind: AnalysisKind
    last_finished_at: datetime | None
    idea_count: int | None
    expected_seconds: Annotated[float | None, Meta(description="How long the last good run took.")]
    running_since: datetime | None
    last_error: str | None
    last_error_at: datetime | None


class AnalysisState(msgspec.Struct, frozen=True, kw_only=True):
    """Every analysis of a challenge, and its jobs that failed for good."""

    analyses: list[AnalysisFreshness]
    failed_jobs: list[JobView]
