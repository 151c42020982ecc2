"""A checkpoint as it lies on the Hub or in a folder: found, read, inspected, loaded."""
