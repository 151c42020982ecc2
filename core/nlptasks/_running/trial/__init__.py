"""What a run tells beside its rows: its steps, and beforehand what it would do."""
