"""From a source of rows to predictions, and what becomes of them."""
