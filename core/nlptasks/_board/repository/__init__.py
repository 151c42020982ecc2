"""A repository that people submit to: how it is laid out, begun, submitted to, and scored where gold is hidden."""
