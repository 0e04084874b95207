"""Scoring: pure functions that rank ideas, from arrays to arrays. No I/O, no clock, no global random state."""
