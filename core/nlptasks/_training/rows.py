"""The rows that a training reads: told of, and no text of those that are learnt among those that are scored."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nlptasks._tables.gold import has_labels
from nlptasks._tables.training_rows import GoldReader
from nlptasks.errors import DataError
from nlptasks.plugin.protocols import Example
from nlptasks.training.splits import hold_out, unseen

Tell = Callable[[str], None]


def tell_notes(reader: GoldReader, tell: Tell) -> None:
    """Say how the gold columns were read, each note once."""
    for note in reader.notes:
        tell(note)
    reader.notes.clear()


def read_validation(reader: GoldReader, paths: Sequence[str], examples: Sequence[Example], tell: Tell) -> list[Example]:
    """The rows of validation files whose text is not trained on; says what is left out.

    Args:
        reader: Reads the files.
        paths: The files.
        examples: The rows to train on; empty where nothing is trained.
        tell: Called with a line for the user.

    Raises:
        DataError: No row is left.
    """
    rows = list(reader.examples(paths, held_out=True))
    kept = without_repeats(rows, ", ".join(paths), examples, tell)
    tell_notes(reader, tell)
    return kept


def without_repeats(
    validation: Sequence[Example], source: str, examples: Sequence[Example], tell: Tell, *, raw: bool = False
) -> list[Example]:
    """Leave out the validation rows whose text is trained on, which is said.

    Args:
        validation: Held-out rows.
        source: The files that they are from.
        examples: The rows to train on.
        tell: Called with a line for the user.
        raw: Whether the gold answers are the texts, of which the whole is learnt.

    Raises:
        DataError: No row is left.
    """
    kept = unseen(examples, validation, tell, raw=raw) if examples and validation else list(validation)
    if validation and not kept:
        raise DataError(
            source,
            "all texts of the validation data stand in the training data too, so that they tell nothing of new texts",
            hint="give other rows, or leave --validation out: a tenth of the data is then held out",
        )
    return kept


def read_rows(
    reader: GoldReader, data: Sequence[str], validation: Sequence[str], seed: int, tell: Tell
) -> tuple[list[Example], list[Example]]:
    """The rows to train on and those that are held out: of validation files, or a tenth of the rows.

    Args:
        reader: Reads the files.
        data: Files of rows to train on.
        validation: Files of held-out rows; none: some of the others are held out.
        seed: Decides which.
        tell: Called with a line for the user.
    """
    rows = list(reader.examples(data))
    tell_notes(reader, tell)
    if validation:
        return rows, read_validation(reader, validation, rows, tell)
    return hold_out(rows, seed, labelled=has_labels(reader.task), tell=tell)
