from __future__ import annotations

import pytest

from nlptasks.errors import UsageError
from nlptasks_summarization.options import AbstractiveOptions


def test_a_length_penalty_needs_a_beam_search() -> None:
    with pytest.raises(UsageError, match=r"--length-penalty 2\.0 has no effect without a beam search") as caught:
        AbstractiveOptions(beams=1, length_penalty=2.0)
    assert "--beams 2" in caught.value.hint
    assert AbstractiveOptions(beams=1).length_penalty == AbstractiveOptions(beams=2, length_penalty=1.0).length_penalty
