"""What is new for somebody since they were last here."""

from typing import Literal
from uuid import UUID

import msgspec

# The count of new ideas ends here.
MANY = 100


class News(msgspec.Struct, frozen=True, kw_only=True):
    """New ideas in a challenge (at most MANY are counted), comments on an idea of one's own, or results published."""

    kind: Literal["ideas", "comments", "results"]
    challenge_id: UUID
    idea_id: UUID | None
    title: str
    count: int
