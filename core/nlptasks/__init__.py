"""nlptasks: any backbone, any task, one harness, plugins all the way."""

__version__ = "0.1.0"
