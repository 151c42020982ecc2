from __future__ import annotations

import pytest

from nlptasks.errors import UsageError
from nlptasks_translation.options import TranslationOptions


@pytest.mark.parametrize("penalty", [0.0, 1.0, -2.0])
def test_a_length_penalty_needs_a_beam_search(penalty: float) -> None:
    with pytest.raises(UsageError, match="has no effect without a beam search") as caught:
        TranslationOptions(beams=1, length_penalty=penalty)
    assert "--beams 2" in caught.value.hint
    assert TranslationOptions(beams=2, length_penalty=penalty).length_penalty == penalty
