"""Secrets that the server hands out once and afterwards knows only by their SHA-256.

Each has 256 random bits, so a plain hash suffices: there is nothing to guess and nothing to slow down.
"""

import hashlib
import secrets
from typing import Literal

SecretPrefix = Literal["idt_", "ids_", "idl_"]

ACCESS_TOKEN: SecretPrefix = "idt_"  # noqa: S105
SESSION: SecretPrefix = "ids_"
SIGN_IN_LINK: SecretPrefix = "idl_"

_BYTES = 32


def new_secret(prefix: SecretPrefix) -> str:
    """A new secret; the prefix lets people and secret scanners recognise what kind it is."""
    return prefix + secrets.token_urlsafe(_BYTES)


def hash_secret(secret: str) -> bytes:
    """The 32 bytes stored in its place; any text is accepted, since it comes from a header or a link."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
