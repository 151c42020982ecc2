"""Records and suites: what an evaluation leaves, and what it runs on."""
