"""Breaks the running engine on purpose, under load, and looks for what was lost: `python -m benchmarks.faults`."""
