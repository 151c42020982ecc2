"""Predictions that stand in a file, whoever made them: read, joined with references, scored."""
