"""The API's description as pages to read: no script, nothing from elsewhere."""
