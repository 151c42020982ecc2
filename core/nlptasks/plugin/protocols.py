"""The protocols behind the descriptors: what an imported head, backbone, metric or format must be able to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from nlptasks.plugin.format_options import FormatOptions as FormatOptions
from nlptasks.plugin.predictions import Cell
from nlptasks.plugin.specs import TaskSpec
from nlptasks.plugin.tables import BadRow as BadRow
from nlptasks.plugin.tables import Format as Format
from nlptasks.plugin.tables import NotingWriter as NotingWriter
from nlptasks.plugin.tables import Row as Row
from nlptasks.plugin.tables import RowWriter as RowWriter
from nlptasks.plugin.tables import Table as Table
from nlptasks.plugin.tables import TableBlock as TableBlock

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Example:
    """One row in.

    Args:
        inputs: The task's input columns, by the task's own names.
        gold: The canonical gold answer, where the row has one.
    """

    inputs: Mapping[str, str]
    gold: str | None = None


class Prediction(Protocol):
    """One typed prediction out; see :mod:`nlptasks.plugin.predictions`."""

    suffixes: ClassVar[tuple[str, ...]]

    @property
    def canonical(self) -> str: ...
    def cells(self) -> tuple[Cell, ...]: ...


#: A function that scores answers by a task's metrics, the primary one first:
#: ``(answers, gold answers, labels) -> {metric: value}``.
Scorer = Callable[[Sequence[str], Sequence[str], Sequence[str]], Mapping[str, float]]

#: Given how often each gold answer occurs, a function that answers without a model.
Baseline = Callable[[Mapping[str, int]], Callable[[Example], Prediction]]


# ---------------------------------------------------------------- backbones


@dataclass(frozen=True, slots=True)
class Window:
    """A piece of text as a backbone reads it, its special tokens included.

    Args:
        ids: Token ids.
        types: Segment of each token (0 or 1); empty: all 0.
        cut: In a text's last window: tokens that no window holds, of the text because the head asked for fewer windows,
            or of a question that was too long.
        start: Position in ``ids`` of the text's first token here, behind special tokens and a question.
        offsets: ``(start, end)`` of each of the text's tokens here, in characters of the text; empty where the head did
            not ask for them.
    """

    ids: tuple[int, ...]
    types: tuple[int, ...] = ()
    cut: int = field(default=0, compare=False)
    start: int = field(default=0, compare=False)
    offsets: tuple[tuple[int, int], ...] = field(default=(), compare=False, repr=False)

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class HiddenStates:
    """What an encoder makes of a batch of windows.

    The arrays are the caller's own: whatever a head writes to them reaches nobody else who reads the batch. A head that
    wants tensors of PyTorch has them without a copy: ``torch.from_numpy(states.states)``.

    Args:
        states: ``[windows, tokens, width]``, float32.
        mask: ``[windows, tokens]``, bool: False where a row is padded.
        windows: The windows themselves, in the order of the rows.
        logits: What the checkpoint's own output layer makes of them in the same pass, float32: ``[windows, labels]``
            with the capability ``labels``, ``[windows, tokens, 2]`` (start and end) with ``spans``; else ``None``.
    """

    states: NDArray[np.float32]
    mask: NDArray[np.bool_]
    windows: tuple[Window, ...]
    logits: NDArray[np.float32] | None = None

    def rows(self, at: Sequence[int]) -> HiddenStates:
        """Those of some of the batch's windows, in the order of ``at``, which holds no position twice: copies."""
        found = list(at)
        return HiddenStates(
            states=self.states[found],  # a list of positions copies, as a slice would not
            mask=self.mask[found],
            windows=tuple(self.windows[row] for row in found),
            logits=None if self.logits is None else self.logits[found],
        )


@dataclass(frozen=True, kw_only=True)
class BackboneContext:
    """What a backbone is opened with.

    Args:
        options: The backbone's own options.
        device: ``auto``, ``cpu``, ``cuda`` or ``mps``.
        precision: ``auto``, ``float32``, ``bfloat16``, ``float16`` or ``int8``.
        runtime: ``auto``, ``openvino`` or ``torch``: what computes it, for backbones that leave a choice.
        folder: Weights to open in place of the backbone's own: a folder that its trainer left (see
            ``BackboneSpec.trainer``).
        reference: The checkpoint to open, as the user named it: with the backbone's scheme, or a folder (see
            ``BackboneSpec.scheme`` and ``marker``). Empty: the backbone opens its own weights.
    """

    options: Any = None
    device: str = "auto"
    precision: str = "auto"
    runtime: str = "auto"
    folder: Path | None = None
    reference: str = ""


class Backbone(Protocol):
    """A loaded Transformer, frozen while it is shared."""

    @property
    def name(self) -> str: ...
    @property
    def digest(self) -> str:
        """SHA-256 of the weights and the tokenizer, in hexadecimal."""

    @property
    def max_tokens(self) -> int:
        """The longest window it can read, special tokens included."""

    def fingerprint(self) -> str:
        """A checksum of the weights as they are in memory now; a run compares it to see that no head changed them."""


class Encoder(Backbone, Protocol):
    """A backbone with the capability ``encode``."""

    @property
    def width(self) -> int:
        """Size of a hidden state."""

    def tokenize(
        self,
        texts: Sequence[str],
        *,
        max_tokens: int = 0,
        max_windows: int = 0,
        overlap: int = 0,
        questions: Sequence[str] = (),
        questions_last: bool = False,
        offsets: bool = False,
    ) -> list[list[Window]]:
        """Cut each text into windows that together cover it; an empty text has one window without words.

        Args:
            texts: Any text.
            max_tokens: Longest window, special tokens included; 0: what the backbone allows.
            max_windows: Most windows of one text; 0: as many as it takes. What is cut off is counted in ``Window.cut``.
            overlap: Tokens of the text that a window shares with the one before it, at most half of those in it.
            questions: A question for each text, which stands before the text in each of its windows; one that would
                take more than half of a window is cut.
            questions_last: Whether the questions stand behind the text instead.
            offsets: Whether windows say where their tokens stand in the text.
        """

    def encode(self, windows: Sequence[Window]) -> HiddenStates: ...


class TellsUnknown(Protocol):
    """What an encoder may do beside: tell what of a text its tokenizer knows, so that a run can say where little is."""

    def unknown(self, windows: Sequence[Window]) -> Sequence[float]:
        """The proportion of each window's tokens that are the unknown one, or a single letter or byte of a word."""


class Approximates(Protocol):
    """What an encoder may do beside: compute faster where the last digits do not count, as for labels and spans.

    A run asks for it where all its heads need hidden states and nothing else. Text that is written, likelihoods,
    vectors that are handed out, and training get the encoder itself.
    """

    def approximate(self) -> Encoder:
        """The encoder, or one of the same weights and digest in fewer bits, where the user left it the choice."""


class Labelled(Encoder, Protocol):
    """A backbone with the capability ``labels``: it carries an output layer for the labels of whole texts."""

    @property
    def labels(self) -> tuple[str, ...]:
        """What each column of ``HiddenStates.logits`` stands for, as the checkpoint calls it."""

    @property
    def problem(self) -> str:
        """What the layer was trained for: ``one`` label of a text, ``many`` at once, or a ``number``."""


# -------------------------------------------------------------------- heads


@dataclass(frozen=True, kw_only=True)
class HeadContext:
    """What a head is opened with.

    Args:
        task: The task that it solves.
        backbone: The shared backbone; ``None`` where the head needs none.
        options: The head's own options; ``None`` where it has none.
        weights: Folder of a trained head that the user named; ``None``: what the plugin ships.
    """

    task: TaskSpec
    backbone: Any = None
    options: Any = None
    weights: Path | None = None


class Head(Protocol):
    """Solves one task. A head without windows (no backbone) returns an empty list for each example.

    It may have the method of :class:`Likelihoods` too.
    """

    @property
    def labels(self) -> tuple[str, ...]:
        """The closed set it answers from, in order; empty where there is none."""

    def windows(self, examples: Sequence[Example]) -> list[list[Window]]: ...

    def reduce(self, states: HiddenStates) -> Sequence[Any]:
        """Keep of each window in the batch what :meth:`read` will need; the hidden states themselves are dropped."""

    def read(self, example: Example, windows: Sequence[Window], reduced: Sequence[Any]) -> Prediction:
        """Answer one example from its windows and what :meth:`reduce` kept of each, in their order."""


class Likelihoods(Protocol):
    """What a head may do beside: tell how probable a gold text is to it, for metrics that read that.

    A run asks for it only where the data have a gold column and such a metric of the task is installed. Gold texts come
    to a head in no other way.
    """

    def likelihoods(self, examples: Sequence[Example], texts: Sequence[str]) -> Sequence[float]:
        """Negative natural log-likelihood of each text as the answer to its example: finite numbers from 0."""


# ----------------------------------------------------------------- training


@dataclass(frozen=True, kw_only=True)
class TrainJob:
    """What a trainer is given.

    Args:
        task: The task.
        head: Qualified name of the head, kept in the weights so that they find it again.
        backbone: The frozen, shared backbone; ``None`` for a head that needs none.
        options: The head's own options.
        examples: Training examples, each with its gold answer. Can be iterated once.
        validation: Held-out examples, or ``None``: the trainer holds some of ``examples`` out.
        output: Folder to leave the weights in; it exists.
        seed: Seeds everything that is drawn.
        progress: Called with a line for the user.
        layers: Folder with the output layers that the backbone was fine-tuned with (see
            :mod:`nlptasks.models.output_layers`); the head is made of one of them and not of ``examples``, which may be
            empty. Given only to heads that say ``takes_layer``.
        layer: Name of that one; empty: the folder holds one that fits.
        score: Scores answers by the task's metrics; ``None``: there is nothing to score with.
    """

    task: TaskSpec
    head: str
    backbone: Any
    options: Any
    examples: Iterable[Example]
    validation: Iterable[Example] | None
    output: Path
    seed: int
    progress: Callable[[str], None]
    layers: Path | None = None
    layer: str = ""
    score: Scorer | None = None


@dataclass(frozen=True, kw_only=True)
class TrainReport:
    """What a trainer leaves behind.

    Args:
        n_train: Training examples.
        n_validation: Held-out examples.
        labels: The closed set of answers.
        scores: Held-out scores by name.
        settings: What was chosen (regularisation, temperature, ...), for the card.
        refitted: Whether the head itself was fitted on the held-out rows too, after they were scored.
    """

    n_train: int
    n_validation: int
    labels: tuple[str, ...]
    scores: Mapping[str, float]
    settings: Mapping[str, object]
    refitted: bool = False


# ------------------------------------------------------------------ metrics


class Metric(Protocol):
    """A metric is a statistics matrix: a row per example, and a score of the weighted sum of the rows.

    It may have further methods. ``weighted(weights, matrix) -> values`` is for one whose value is no function of a sum
    (the area under a curve): ``weights`` is ``[draws, examples]`` or ``[examples]``, and a row of zeros counts nothing.
    ``counts(target) -> bool`` tells whether an example with this gold answer counts: one whose gold answer is ``[]`` or
    empty, which says that there is no answer, does in some metrics and is left out of others.
    ``refusal(target) -> str`` tells why no prediction could be right beside a gold answer, because the metric finds
    nothing in it that it counts; empty: all is well. Such a gold answer is an error and no zero.
    ``remark(targets) -> str`` tells what a reader of the score must know of all gold answers together, such as that
    they are too short for it; empty: nothing.
    ``parts(sums) -> {label: value}`` gives the value of each label, where the metric has such.

    Two members say how its intervals are made. ``smooth`` is false where it is biased on few examples, as a lowest
    value and a sum of distances are: it then has no interval. It is true where the metric is known to be none of these;
    where it is missing, resamples tell. ``groups(matrix) -> [examples, groups]`` tells of which group each example is,
    where the metric averages over groups, such as labels: it has an interval where each group has enough examples.
    """

    @property
    def signature(self) -> str:
        """Everything that must be equal for two values to be comparable, as ``key:value`` joined by ``|``."""

    @property
    def binary(self) -> bool:
        """Whether it is a proportion of examples: its statistics are then ``[hit, 1]`` and its interval is Wilson's."""

    def stats(self, predictions: Sequence[str], targets: Sequence[str]) -> NDArray[np.float64]:
        """Sufficient statistics, ``[examples, k]``."""

    def score(self, sums: NDArray[np.float64]) -> NDArray[np.float64]:
        """Value of each sum: ``[..., k]`` to ``[...]``."""
