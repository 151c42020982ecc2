"""Rows that cannot be read or predicted: they end a run, or are left out of it and told in a file of their own."""
