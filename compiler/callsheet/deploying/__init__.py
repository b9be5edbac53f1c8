"""Plan → target: stores, preconditions, executor, recovery, secrets."""
