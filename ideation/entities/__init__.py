"""What the database holds, as frozen structs."""
