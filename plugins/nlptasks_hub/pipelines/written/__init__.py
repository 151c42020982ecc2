"""Pipelines that write text."""
