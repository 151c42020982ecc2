"""Runs that go on where they were stopped: what is kept of one, by what it is known again, and how one stops."""
