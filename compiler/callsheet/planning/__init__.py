"""desired × deployed × ledger → plan: differences, impact, guards, plan file."""
