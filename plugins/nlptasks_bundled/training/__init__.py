"""Fine-tunes the bundled encoder by a recipe; the work is in :mod:`nlptasks_bundled.training.trainer`."""
