"""Numbered SQL migrations, each with a way up and a way down; `ideation.migrate` applies them."""
