"""Rows that occur again: they are predicted once."""
