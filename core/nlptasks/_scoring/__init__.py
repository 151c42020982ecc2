"""From samples to scores: metrics, slices, comparison, verification and rescoring."""
