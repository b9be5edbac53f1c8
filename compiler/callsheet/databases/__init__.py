"""SQLite and PostgreSQL for targets and ledgers: rows in, rows out, one transaction over both."""
