"""What a finished training of a decoder leaves: the encoder and the decoder in one checkpoint, and a card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from nlptasks.checkpoints import write_seq2seq
from nlptasks.decoder_text import DecoderText
from nlptasks.recipes import RecipeJob, RecipeReport
from nlptasks_bundled.training.export import CARD, facts_of, table, write_text

from .model import PairLearner
from .parts import PairPart, taught


def export(
    learner: PairLearner,
    text: DecoderText,
    start: Path,
    parts: Sequence[PairPart],
    job: RecipeJob,
    report: RecipeReport,
) -> None:
    """Write everything, the card last."""
    write_seq2seq(
        job.output,
        encoder_config=learner.encoder.config,
        encoder_weights=learner.encoder.state_dict(),
        decoder_config=learner.decoder.config,
        decoder_weights=learner.decoder.state_dict(),
        decoder_tokenizer=text.tokenizer,
        encoder_files=start,
        instructions=sorted(taught(parts)),
    )
    write_text(job.output / "recipe.toml", job.source)
    write_text(job.output / CARD, _card(learner, parts, job, report))


def _card(learner: PairLearner, parts: Sequence[PairPart], job: RecipeJob, report: RecipeReport) -> str:
    return "\n".join(
        [
            "# Model card: a decoder on a frozen encoder",
            "",
            *table(("", ""), facts_of(learner.decoder, job, report).items()),
            "",
            "## Data",
            "",
            *table(("part", "writes", "weight", "training rows", "pieces", "held-out pieces"), _rows(parts)),
            "",
            *table(("file", "SHA-256"), _files(job).items()),
            "",
            "## Scores on held-out rows",
            "",
            *table(("score", "value"), [(name, f"{value:.4f}") for name, value in report.scores.items()]),
            "",
        ]
    )


def _rows(parts: Sequence[PairPart]) -> list[tuple[str, ...]]:
    return [
        (
            part.name,
            f"{part.instruction.task}, {part.instruction.language}",
            f"{part.weight:g}",
            f"{part.rows:,}",
            f"{len(part.pieces):,}",
            f"{len(part.held_out):,}",
        )
        for part in parts
    ]


def _files(job: RecipeJob) -> Mapping[str, str]:
    return {file.name: file.sha256 for task in job.tasks for file in task.files}
