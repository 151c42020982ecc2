"""The ways of training behind ``nlptasks train``."""
