"""``nlptasks plugins``: a module for each thing that can be done with plugins."""
