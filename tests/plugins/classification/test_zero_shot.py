from __future__ import annotations

import pytest

from nlptasks.errors import UsageError
from nlptasks.plugin.protocols import Encoder, HeadContext
from nlptasks.testing import check_head
from nlptasks_classification import nlptasks_heads
from nlptasks_classification.options import ZeroShotOptions
from nlptasks_classification.zero_shot import ZeroShot
from nlptasks_tasks.classification import SPEC as TASK

HEAD = next(head for head in nlptasks_heads() if head.name == "zero-shot")


def test_passes_the_conformance_check(encoder: Encoder) -> None:
    check_head(TASK, HEAD, backbone=encoder, options=ZeroShotOptions(labels=("good", "bad", "späte Lieferung")))


def test_the_order_of_the_labels_changes_no_probability(encoder: Encoder) -> None:
    from nlptasks.plugin.protocols import Example

    def answer(*labels: str) -> dict[str, float]:
        head = ZeroShot(HeadContext(task=TASK, backbone=encoder, options=ZeroShotOptions(labels=labels)))
        example = Example({"text": "the phone works"})
        windows = head.windows([example])[0]
        return dict(head.read(example, windows, head.reduce(encoder.encode(windows))).scores)

    assert answer("a", "b", "film") == pytest.approx(answer("film", "a", "b"), abs=1e-5)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (ZeroShotOptions(), "two labels or more"),
        (ZeroShotOptions(labels=("a",)), "two labels or more"),
        (ZeroShotOptions(labels=("a", "b", "a")), "names a more than once"),
        (ZeroShotOptions(labels=("a", "b", " a")), "names a more than once"),
        (ZeroShotOptions(labels=("phone", "")), "a label is empty"),
        (ZeroShotOptions(labels=("phone", "PHONE")), "'phone' and 'PHONE' are one label"),
        (ZeroShotOptions(labels=("caf\u00e9", "cafe\u0301")), "are one label"),
        (ZeroShotOptions(labels=("a", "b"), template="no place"), "has no {} for the label"),
    ],
)
def test_options_that_make_no_sense(encoder: Encoder, options: ZeroShotOptions, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        ZeroShot(HeadContext(task=TASK, backbone=encoder, options=options))
