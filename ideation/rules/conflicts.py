"""Who must not review what."""

from ideation.entities.challenges import Authorship, Challenge
from ideation.entities.conflicts import ConflictKind
from ideation.errors import ConflictOfInterest

_WORDS = {
    ConflictKind.AUTHOR: "wrote this idea",
    ConflictKind.CO_AUTHOR: "is a co-author of this idea, or wrote another one together with its authors",
    ConflictKind.OWN_DEPARTMENT: "is from the same department as this idea",
    ConflictKind.MANAGER: "is in the line of management of one of the authors, or the other way round",
    ConflictKind.DECLARED: "declared a conflict of interest with this idea",
}


def require_no_conflict(kind: ConflictKind | None, *, blind: bool) -> None:
    """Refuse a review by somebody in conflict; where authors are hidden, the reason would give them away."""
    if kind is None:
        return
    if blind and kind is not ConflictKind.DECLARED:
        raise ConflictOfInterest(
            "There is a conflict of interest with this idea, so it cannot be reviewed.", reason="conflict-yours"
        )
    raise ConflictOfInterest(f"The reviewer {_WORDS[kind]}.", conflict=str(kind), reason="conflict")


def authorship_is_shown(challenge: Challenge) -> bool:
    """Whether those who run the challenge may learn why somebody is in conflict."""
    return challenge.authorship is Authorship.SHOWN
