"""What must always be true, as checks by SQL: each says what is wrong when it finds something, and what to do."""

import msgspec

_LOST_COUNT = "Count again: update idea_tallies from votes, impressions and comments, and see which triggers are off."
_RESTORE = "Something changed the database past this program. Find out what, and restore these rows from a backup."
_DRAIN = "See that `ideation drain` and `ideation work` run."


class Check(msgspec.Struct, frozen=True):
    """One check: its statement `<topic>.<name>`, what it looks at, what a finding means and what to do about it."""

    topic: str
    name: str
    subject: str
    wrong: str
    advice: str = _RESTORE
    # Whether something is broken; else it is only worth knowing.
    breaks: bool = True


CHECKS = (
    Check(
        "system",
        "guard_missing",
        "guards",
        "what holds an invariant in the database is gone or off",
        "Make it again as in the migrations; until then nothing keeps wrong rows out.",
    ),
    Check(
        "system",
        "constraint_unchecked",
        "constraints",
        "PostgreSQL has not checked these, so orphans may exist",
        "VALIDATE CONSTRAINT or REINDEX each.",
    ),
    Check("ideas", "authorless", "authors", "ideas without their author"),
    Check("ideas", "uncounted", "counters", "ideas without their counters", _LOST_COUNT),
    Check("ideas", "miscounted", "counters", "counters differ from the rows they count", _LOST_COUNT),
    Check(
        "ideas",
        "misdealt",
        "feed",
        "ideas are dealt that must not be, or the other way round",
        "Set idea_tallies.in_feed to belongs_in_feed(ideas), and see that the triggers of ideas are on.",
    ),
    Check("ideas", "merged_twice_over", "merges", "merged ideas lead to one that is merged itself or is elsewhere"),
    Check("ideas", "merged_without_record", "merges", "merges and their records do not match, so none can undo them"),
    Check("ideas", "merged_elsewhere", "merges", "records of merges lead elsewhere than what is shown, or in a circle"),
    Check("ideas", "revisions_lost", "revisions", "former wordings are missing or not the last one is shown"),
    Check("ideas", "replies_elsewhere", "comments", "replies stand under another idea than what they reply to"),
    Check("ideas", "undecided", "decisions", "the state of ideas is not the one that was decided"),
    Check("ideas", "misfiled", "orphans", "rows name another challenge than their idea does"),
    Check(
        "ideas",
        "misplaced",
        "themes",
        "ideas are placed in themes that are retired or of another challenge",
        "Refresh the themes of these challenges.",
    ),
    Check(
        "ideas",
        "unindexed",
        "vectors",
        "vectors never came into the index, so every search compares with each of them",
        "Retry the comparison of these ideas at /v1/jobs where it failed; else UPDATE idea_vectors SET indexed = true.",
    ),
    Check(
        "ideas",
        "refined_astray",
        "refined vectors",
        "refined vectors belong to no idea, or to a wording that it never had",
        "Delete these rows of refined_vectors; the next analysis makes them anew.",
    ),
    Check("ideas", "import_orphans", "orphans", "imported rows that are remembered are gone"),
    Check("votes", "voted_twice", "votes", "people voted several times on one idea"),
    Check("votes", "card_of_another", "cards", "votes answer cards that were not dealt for them"),
    Check("votes", "card_answered_twice", "cards", "one card has several answers"),
    Check("votes", "answer_unknown", "votes", "answers that the way of voting does not have"),
    Check("votes", "overspent", "tokens", "people gave more tokens than they had"),
    Check("votes", "own_vote", "votes", "authors voted on their own ideas"),
    Check("votes", "late", "closing", "ideas or votes came in after the end"),
    Check("votes", "unaccepted", "policy", "people took part without having accepted the policy"),
    Check("panel", "review_incomplete", "reviews", "sent reviews are incomplete or off the scale"),
    Check("panel", "review_of_another", "reviews", "reviews do not belong to their assignment"),
    Check("panel", "reviewed_twice", "reviews", "people reviewed one idea twice"),
    Check("panel", "review_of_own", "conflicts", "authors reviewed their own ideas"),
    Check(
        "panel",
        "unranked",
        "closing",
        "closed challenges have no closing ranking, and no job makes it",
        "Retry the failed job of these challenges at /v1/jobs, and see that `ideation schedule` runs.",
    ),
    Check(
        "panel",
        "ranked_twice",
        "closing",
        "closed challenges have several closing rankings",
        "Find out which one the panel's reviews were dealt by, and decide by that one.",
    ),
    Check("panel", "ranking_torn", "rankings", "places of a ranking are missing or double"),
    Check("panel", "shortlist_torn", "shortlists", "shortlists belong to another ranking, or hold a place twice"),
    Check("system", "job_abandoned", "jobs", "jobs were begun and nobody works on them", _DRAIN),
    Check("system", "job_forgotten", "jobs", "jobs were handed over hours ago and nobody has begun them", _DRAIN),
    Check(
        "system",
        "job_from_the_future",
        "jobs",
        "waiting jobs are dated in the future: a clock was set back",
        "They run as soon as the drain sees them; synchronise the clocks (NTP).",
        breaks=False,
    ),
    Check(
        "system",
        "answer_half_kept",
        "repeats",
        "answers kept for a repeated request are incomplete",
        "Delete these rows of idempotency_keys; a repeat is then answered anew.",
    ),
    Check("system", "unrecorded", "audit", "consequential steps have no row in the audit trail"),
    Check("system", "policy_changed", "policy", "a published policy is not the text that people accepted"),
    Check("system", "accepted_too_early", "policy", "acceptances are older than the policy"),
    Check(
        "system",
        "erased_in_part",
        "erasure",
        "something personal is left of erased people",
        "Erase these people again.",
    ),
    Check("system", "unsealed_by_one", "sealed authors", "authors were opened without two people in two roles"),
)
