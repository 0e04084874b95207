"""What a job is given."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from ideation.database import Connection
from ideation.settings import Settings


@dataclass(frozen=True, kw_only=True)
class JobContext:
    """One connection without an open transaction, the settings, and what the job is about."""

    connection: Connection
    settings: Settings
    subject: str
    arguments: dict[str, Any]
    now: datetime

    @property
    def subject_id(self) -> UUID:
        """The subject as the id it is."""
        return UUID(self.subject)
