"""Everything the system knows about one person."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta


class PersonalData(msgspec.Struct, frozen=True, kw_only=True):
    """The rows about a person as they are stored; only secrets and remembered answers are left out."""

    person_id: UUID
    exported_at: datetime
    tables: Annotated[dict[str, list[dict[str, Any]]], Meta(description="The rows about the person, by table.")]
