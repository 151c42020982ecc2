"""From a table to examples: formats, columns, templates and gold."""
