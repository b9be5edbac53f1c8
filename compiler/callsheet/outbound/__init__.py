"""What every call over HTTP needs, of an action or of a target: who calls, and how much of it."""
