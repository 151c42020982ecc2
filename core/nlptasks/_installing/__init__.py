"""What is installed, what was asked for, what can be found, and what installs it; no plugin is imported."""
