"""The bundled decoder under the head that summarizes dialogues."""

from __future__ import annotations

from pathlib import Path

from nlptasks.models.decoder_settings import DecoderSettings
from nlptasks.models.generation import Instruction
from nlptasks.models.writing import Line
from nlptasks.plugin.protocols import Example, HeadContext
from nlptasks.testing import check_head, write_tiny_seq2seq_checkpoint
from nlptasks_bundled.seq2seq import BundledSeq2Seq
from nlptasks_bundled.settings import BundledSettings
from nlptasks_summarization import nlptasks_heads
from nlptasks_summarization.abstractive import Abstractive
from nlptasks_summarization.options import AbstractiveOptions
from nlptasks_tasks.summarization import SPEC as TASK

HEAD = next(spec for spec in nlptasks_heads() if spec.name == "abstractive")


def named(tmp_path: Path) -> BundledSeq2Seq:
    own = BundledSettings(placeholders=("good", "bad")).as_own()
    write_tiny_seq2seq_checkpoint(tmp_path, settings=DecoderSettings(own=own))
    return BundledSeq2Seq(tmp_path, name="tiny", device="cpu")


def test_placeholders_stand_for_the_speakers(tmp_path: Path) -> None:
    told = named(tmp_path)
    document = Example({"document": "Ann: the film\nBob: is it, Ann?"})
    head = Abstractive(HeadContext(task=TASK, options=AbstractiveOptions(), backbone=told))
    (windows,) = head.windows([document])
    assert windows == told.tokenize(["good: the film\nbad: is it, good?"], max_tokens=told.source_tokens)[0]
    assert head.read(document, windows, [Line("bad likes good's film.", complete=True)]).canonical == (
        "Bob likes Ann's film."
    )
    check_head(TASK, HEAD, backbone=told, options=AbstractiveOptions())


def test_other_tasks_read_the_names(tmp_path: Path) -> None:
    dialogue = "Ann: the film\nBob: is it, Ann?"
    assert named(tmp_path).wording(dialogue, Instruction("translation", "de")).to_model(dialogue) == dialogue
