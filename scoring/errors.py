"""The one error that scoring raises, so that callers can catch it without importing anything else."""


class ScoringError(ValueError):
    """Input that has no sensible score: wrong shapes, NaN, negative counts, labels out of range.

    >>> issubclass(ScoringError, ValueError)
    True
    """
