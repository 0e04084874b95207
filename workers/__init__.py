"""Background work: jobs, the drain of staged jobs, the schedule."""
