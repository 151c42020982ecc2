"""The task contracts."""
