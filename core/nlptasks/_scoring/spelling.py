"""Labels as the data spell them."""

from __future__ import annotations

from nlptasks.plugin.labels import LabelMatcher

#: Spells labels as a closed set does; other text stays as it is.
Spelling = LabelMatcher

__all__ = ["Spelling"]
