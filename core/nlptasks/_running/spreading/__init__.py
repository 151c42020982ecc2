"""Predicting in other processes: what goes there, what comes back, and who waits for it."""
