"""Identifiers: UUID version 7 (RFC 9562), which sort by the time they were made and so keep indexes compact."""

import os
import time
from uuid import UUID

_VERSION_7 = 0x7 << 76
_VARIANT_RFC = 0b10 << 62


def new_id() -> UUID:
    """A new time-ordered identifier; the random part comes from the operating system."""
    unix_milliseconds = time.time_ns() // 1_000_000
    random_bits = int.from_bytes(os.urandom(10))
    high = (random_bits >> 68) & 0xFFF
    low = random_bits & ((1 << 62) - 1)
    return UUID(int=(unix_milliseconds & ((1 << 48) - 1)) << 80 | _VERSION_7 | high << 64 | _VARIANT_RFC | low)
