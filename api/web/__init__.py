"""Server-rendered pages, on the same actions as the JSON API."""
