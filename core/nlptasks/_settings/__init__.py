"""What a user can set, each declared once; flags, configuration keys, API keywords and recorded commands follow."""
