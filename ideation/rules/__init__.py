"""May you, and is it sound: pure functions that raise; they never run SQL."""
