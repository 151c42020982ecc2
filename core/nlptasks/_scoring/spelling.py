"""Labels as the data spell them."""

from __future__ import annotations

from collections.abc import Iterable


class Spelling:
    """Spells labels as a closed set does where only case tells them apart; other text stays as it is."""

    def __init__(self, labels: Iterable[str]) -> None:
        self._known = {label.casefold(): label for label in labels}

    def of(self, answer: str) -> str:
        """The prediction in the set's spelling."""
        return self._known.get(answer.casefold(), answer)
