"""Every error the domain raises. Only `api.problems` knows which status code a kind becomes.

IdeationError
├── Unauthenticated          who are you?
│   ├── ExpiredToken
│   ├── ExpiredSignInLink
│   └── UsedSignInLink
├── Forbidden                you are known, and may not
│   ├── PolicyNotAccepted
│   ├── MissingScope
│   ├── ForgedRequest
│   └── ConflictOfInterest
├── NotFound                 also whatever a person may not know of
├── Invalid                  well-formed, but makes no sense
│   └── InvalidCursor
├── Conflict                 makes sense, but not now
│   ├── ChallengeClosed
│   ├── WrongState
│   ├── AlreadyExists
│   ├── OwnIdea
│   ├── IdempotencyMismatch
│   └── IdempotencyInProgress
├── PreconditionFailed       somebody else changed it meanwhile
├── PreconditionRequired     say which version you are changing
├── TooManyRequests
└── Unavailable              try again: a part the answer needs is down

Each class carries a stable slug (part of the public interface), a title, and a default message: its docstring. Where
one slug has several causes, `reason` tells them apart, stable as well.
"""

from enum import StrEnum
from typing import ClassVar


class Kind(StrEnum):
    """What sort of refusal an error is; the HTTP layer maps each to one status code."""

    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    INVALID = "invalid"
    CONFLICT = "conflict"
    PRECONDITION_FAILED = "precondition_failed"
    PRECONDITION_REQUIRED = "precondition_required"
    TOO_MANY_REQUESTS = "too_many_requests"
    UNAVAILABLE = "unavailable"


class IdeationError(Exception):
    """Something went wrong."""

    slug: ClassVar[str] = "error"
    title: ClassVar[str] = "Error"
    kind: ClassVar[Kind]

    def __init__(self, detail: str | None = None, *, reason: str | None = None, **extra: object) -> None:
        self.detail = detail or (type(self).__doc__ or "").strip()
        # A stable code of what exactly was wrong: pages word it in the reader's language with the values in `extra`.
        self.reason = reason
        # Further members of the problem document, for programs: field names, allowed values, the current version.
        self.extra = extra
        super().__init__(self.detail)


class Unauthenticated(IdeationError):
    """Sign in, or send a valid access token."""

    slug, title, kind = "unauthenticated", "Not signed in", Kind.UNAUTHENTICATED


class ExpiredToken(Unauthenticated):
    """This access token or session has expired."""

    slug, title = "expired-token", "Token expired"


class ExpiredSignInLink(Unauthenticated):
    """This sign-in link has expired; ask for a new one."""

    slug, title = "expired-sign-in-link", "Sign-in link expired"


class UsedSignInLink(Unauthenticated):
    """This sign-in link has been used already; ask for a new one."""

    slug, title = "used-sign-in-link", "Sign-in link used"


class Forbidden(IdeationError):
    """You may not do this."""

    slug, title, kind = "forbidden", "Not allowed", Kind.FORBIDDEN


class PolicyNotAccepted(Forbidden):
    """Accept the current usage policy before taking part."""

    slug, title = "policy-not-accepted", "Usage policy not accepted"


class MissingScope(Forbidden):
    """This access token was not given the scope for this."""

    slug, title = "missing-scope", "Token lacks a scope"


class ForgedRequest(Forbidden):
    """This request did not come from a page of ours; reload the page and try again."""

    slug, title = "forged-request", "Request from elsewhere"


class ConflictOfInterest(Forbidden):
    """You have a conflict of interest with this idea."""

    slug, title = "conflict-of-interest", "Conflict of interest"


class NotFound(IdeationError):
    """There is nothing here that you can see."""

    slug, title, kind = "not-found", "Not found", Kind.NOT_FOUND


class Invalid(IdeationError):
    """What was sent makes no sense."""

    slug, title, kind = "invalid", "Invalid input", Kind.INVALID


class InvalidCursor(Invalid):
    """This cursor was not made by this server for this list; start from the first page."""

    slug, title = "invalid-cursor", "Invalid cursor"


class Conflict(IdeationError):
    """This cannot be done as things stand."""

    slug, title, kind = "conflict", "Conflict", Kind.CONFLICT


class ChallengeClosed(Conflict):
    """This challenge does not take this at the moment."""

    slug, title = "challenge-closed", "Challenge is not open for this"


class WrongState(Conflict):
    """This step is not possible in the present state."""

    slug, title = "wrong-state", "Not possible in this state"


class AlreadyExists(Conflict):
    """This exists already."""

    slug, title = "already-exists", "Exists already"


class OwnIdea(Conflict):
    """You cannot vote on an idea of your own."""

    slug, title = "own-idea", "Your own idea"


class IdempotencyMismatch(Conflict):
    """This Idempotency-Key was used for a different request."""

    slug, title = "idempotency-mismatch", "Idempotency key reused"


class IdempotencyInProgress(Conflict):
    """The first request with this Idempotency-Key is still being answered; try again shortly."""

    slug, title = "idempotency-in-progress", "Still being answered"


class PreconditionFailed(IdeationError):
    """Somebody changed this since you read it; read it again."""

    slug, title, kind = "precondition-failed", "Changed meanwhile", Kind.PRECONDITION_FAILED


class PreconditionRequired(IdeationError):
    """Send If-Match with the ETag of the version you are changing."""

    slug, title, kind = "precondition-required", "If-Match required", Kind.PRECONDITION_REQUIRED


class TooManyRequests(IdeationError):
    """Too many requests; wait as long as Retry-After says."""

    slug, title, kind = "too-many-requests", "Too many requests", Kind.TOO_MANY_REQUESTS


class Unavailable(IdeationError):
    """A part this needs is not available at the moment; try again shortly."""

    slug, title, kind = "unavailable", "Temporarily unavailable", Kind.UNAVAILABLE
