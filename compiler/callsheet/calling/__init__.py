"""A compiled action × parameters → one HTTP request."""
