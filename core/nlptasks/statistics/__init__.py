"""Statistics of scores: resampling, intervals, tests, power and ranking."""
