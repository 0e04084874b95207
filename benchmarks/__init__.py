"""Every number that the documentation states, measured again."""
