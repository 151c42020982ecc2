"""What plugin authors test with: tiny backbones that are made on the spot, and a check of each kind of contribution.

A check raises :class:`AssertionError` and says what is wrong; one that returns found nothing. The command
``nlptasks plugins check`` runs the same checks, without a line of test code.
"""

from __future__ import annotations

from nlptasks.testing._probes import HARD_TEXTS
from nlptasks.testing.backbones import check_backbone, check_encoder, check_generator
from nlptasks.testing.benchmarks import check_benchmark
from nlptasks.testing.commands import check_command
from nlptasks.testing.engines import check_engine
from nlptasks.testing.formats import check_format
from nlptasks.testing.heads import check_head
from nlptasks.testing.metrics import check_metric
from nlptasks.testing.observers import check_observer
from nlptasks.testing.pipelines import check_pipeline
from nlptasks.testing.tasks import check_task
from nlptasks.testing.tiny import tiny_encoder, tiny_seq2seq, write_tiny_checkpoint, write_tiny_seq2seq_checkpoint
from nlptasks.testing.trainers import check_trainer

__all__ = [
    "HARD_TEXTS",
    "check_backbone",
    "check_benchmark",
    "check_command",
    "check_encoder",
    "check_engine",
    "check_format",
    "check_generator",
    "check_head",
    "check_metric",
    "check_observer",
    "check_pipeline",
    "check_task",
    "check_trainer",
    "tiny_encoder",
    "tiny_seq2seq",
    "write_tiny_checkpoint",
    "write_tiny_seq2seq_checkpoint",
]
