"""What Adobe's API of Journey Optimizer reaches: configurations of endpoints, and journeys."""
