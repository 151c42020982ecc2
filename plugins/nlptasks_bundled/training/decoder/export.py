"""What a finished training of a decoder leaves: the encoder and the decoder in one checkpoint, and a card."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from nlptasks.models.checkpoints import write_seq2seq
from nlptasks.models.decoder_settings import DecoderSettings
from nlptasks.models.decoder_vocabulary import DecoderText
from nlptasks.models.generation import Instruction
from nlptasks.training.recipes import MODEL_CARD, RECIPE, RecipeJob, RecipeReport
from nlptasks_bundled.training.export import data_files, facts_of, table, write_text

from .model import PairLearner
from .parts import PairPart, taught


def export(
    learner: PairLearner,
    text: DecoderText,
    start: Path,
    parts: Sequence[PairPart],
    job: RecipeJob,
    report: RecipeReport,
    known: Iterable[Instruction],
    settings: DecoderSettings,
) -> None:
    """Write everything, the card last.

    ``known`` are the instructions that the decoder knew before, and ``settings`` how it is run.
    """
    write_seq2seq(
        job.output,
        encoder_config=learner.encoder.config,
        encoder_weights=learner.encoder.state_dict(),
        decoder_config=learner.decoder.config,
        decoder_weights=learner.decoder.state_dict(),
        decoder_tokenizer=text.tokenizer,
        encoder_files=start,
        instructions=_instructions(parts, known),
        settings=settings,
    )
    write_text(job.output / RECIPE, job.source)
    write_text(job.output / MODEL_CARD, _card(learner, parts, job, report))


def _instructions(parts: Sequence[PairPart], known: Iterable[Instruction]) -> list[Instruction]:
    """What the decoder can be told: what it was taught, and what it knew of other tasks."""
    learnt = set(taught(parts))
    tasks = {item.task for item in learnt}
    return sorted(learnt | {item for item in known if item.task not in tasks})


def _card(learner: PairLearner, parts: Sequence[PairPart], job: RecipeJob, report: RecipeReport) -> str:
    return "\n".join(
        [
            "# Model card: a decoder on a frozen encoder",
            "",
            *table(("", ""), facts_of(learner.decoder, job, report).items()),
            "",
            "## Data",
            "",
            *table(_DATA, _rows(parts, report)),
            "",
            *table(("set", "file", "SHA-256"), data_files([part.name for part in parts], job)),
            "",
            "## Scores on held-out rows",
            "",
            *table(("score", "value"), [(name, f"{value:.4f}") for name, value in report.scores.items()]),
            "",
        ]
    )


#: What the table of the data tells of each part.
_DATA = ("set", "writes", "weight", "training rows", "pieces", "passes", "held-out pieces", "licence", "source")


def _rows(parts: Sequence[PairPart], report: RecipeReport) -> Iterator[tuple[str, ...]]:
    for part in parts:
        yield (
            part.name,
            f"{part.instruction.task}, {part.instruction.language}",
            f"{part.weight:g}",
            f"{part.rows:,}",
            f"{len(part.pieces):,}",
            f"{report.pieces[part.name] / len(part.pieces):.2f}",
            f"{len(part.held_out):,}",
            part.licence or "not told",
            part.source or "not told",
        )
