"""Pipelines of what is installed, in the forms of transformers 4."""
