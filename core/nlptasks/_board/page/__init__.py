"""A board as a page: templates, style and script, and what they are filled with."""
