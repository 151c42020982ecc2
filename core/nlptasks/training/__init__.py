"""What training is told and leaves behind: recipes, splits and logs."""
