"""Which head on which backbone: chosen by name, checked, opened."""
