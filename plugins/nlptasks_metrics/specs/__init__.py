"""Descriptors of the metrics, by what they are made for."""
