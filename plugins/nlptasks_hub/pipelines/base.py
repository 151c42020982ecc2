"""What all pipelines share: the forms of input, arguments at the opening and at a call, and batches.

A pipeline takes one input, a list, or anything that yields inputs (a generator, a data set). One input gives one
result, a list gives a list in its order, and what yields gives an iterator that reads a bounded number ahead. Whatever
the form, inputs become pieces, pieces of nearly one length share a batch of about 2,048 padded tokens, and padding
changes no result.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, ClassVar, Self

import torch

from nlptasks.plugin.pipelines import PipelineContext
from nlptasks_hub.notices import tell

from .errors import InputError
from .opening import PipelineParts, open_parts
from .pieces import TOKEN_BUDGET, Packing, PaddedBatch, TokenRow, distinct, outputs_of

#: Inputs that are read before the first of them has a result: of a list, and of what yields inputs.
_LIST_AHEAD, _LAZY_AHEAD = 1_024, 256


class Pipeline:
    """A pipeline; subclasses say how an input becomes pieces, and pieces a result.

    Attributes:
        task: Its name as the user typed it.
        model: The transformers model.
        tokenizer: Its tokenizer.
        device: Where the model is.
        types: Whether the tokenizer must be asked for token types.
        longest: Most tokens that the model reads; 0: it has no limit, or none that is known.
    """

    #: The class of transformers that loads its models.
    model_class: ClassVar[str]
    #: The checkpoint that transformers 4 took where the user named none.
    default: ClassVar[str] = ""
    #: Whether equal pieces have equal outputs; the model then reads them once.
    repeatable: ClassVar[bool] = False
    #: Padded tokens in a batch.
    budget: ClassVar[int] = TOKEN_BUDGET

    def __init__(self, opened: PipelineParts) -> None:
        settings = dict(opened.settings)
        self.task = opened.task
        self.model = opened.model
        self.tokenizer = opened.tokenizer
        self.device = opened.device
        self.types = opened.types
        self.longest = longest_input(opened.model)
        self._rows = _batch_size(settings.pop("batch_size", None))
        settings.pop("num_workers", None)
        self._settings: dict[str, Any] = dict(self.parse(settings))

    @classmethod
    def open(cls, context: PipelineContext) -> Self:
        """Open a pipeline from what the user gave to :func:`nlptasks.pipeline`.

        Raises:
            UsageError: There is no model, it cannot be had or does not fit, or an argument is not supported.
        """
        return cls(open_parts(context, cls.model_class, default=cls.default))

    # ------------------------------------------------ what a subclass writes

    def parse(self, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        """Check arguments, of the opening or of a call; what is returned is laid over what the opening gave.

        Raises:
            InputError: An argument is unknown or has a value that it cannot have.
        """
        raise NotImplementedError

    def pieces(self, item: Any, settings: Mapping[str, Any]) -> list[TokenRow]:
        """Make the pieces of one input. There may be none.

        Raises:
            InputError: The input is not one of this pipeline.
        """
        raise NotImplementedError

    def forward(self, batch: PaddedBatch, settings: Mapping[str, Any]) -> Sequence[Any]:
        """Run the model; one output a row. Gradients are off."""
        raise NotImplementedError

    def finish(self, item: Any, pieces: Sequence[TokenRow], outputs: Sequence[Any], settings: Mapping[str, Any]) -> Any:
        """Make one input's result of its pieces and their outputs."""
        raise NotImplementedError

    def unheeded(self, settings: Mapping[str, Any], call: Mapping[str, Any]) -> Iterable[str]:
        """A line for each argument that has no effect, or another one than its name says.

        Args:
            settings: All arguments.
            call: Those of the call among them.
        """
        return ()

    def packing(self, rows: int, settings: Mapping[str, Any]) -> Packing:
        """The rules of its batches; ``rows`` is the user's ``batch_size``, 0 for none.

        Rows are filled on the tokenizer's side. On the left this would move the positions of a model that counts them
        from the row's beginning; its rows are then equally long instead. Half precision on a CPU gives a row other
        scores in other company, so rows stand alone there unless the user asks for more.
        """
        left = getattr(self.tokenizer, "padding_side", "right") == "left"
        return Packing(
            rows=rows or (1 if self._is_rough() else 0),
            budget=self.budget,
            pad=None if left and self.longest else self._pad(),
            pad_type=getattr(self.tokenizer, "pad_token_type_id", 0) or 0,
            left=left,
        )

    def configured(self, name: str, default: Any = None) -> Any:
        """A value of the model's configuration; what it says for this task alone comes first."""
        config = self.model.config
        of_task = (getattr(config, "task_specific_params", None) or {}).get(self.task) or {}
        own = getattr(config, name, default)
        return of_task.get(name, own) if isinstance(of_task, Mapping) else own

    # ---------------------------------------------------------------- calls

    def __call__(self, inputs: Any, **settings: Any) -> Any:
        """Do one input, a list of inputs, or what yields inputs.

        Args:
            inputs: One input; a list; a generator, iterator or data set.
            settings: ``batch_size``, the most rows in a batch (1 beside a generator: nothing is read ahead of a
                result), ``num_workers`` (has no effect: tokenizers have threads of their own), and the pipeline's own
                arguments, which win over those of the opening.

        Raises:
            InputError: An input or an argument is not one of this pipeline.
        """
        return self.run(inputs, settings)

    def run(self, inputs: Any, settings: Mapping[str, Any]) -> Any:
        """Do what a call does."""
        if isinstance(inputs, list):
            return self.many(inputs, settings)
        if is_lazy(inputs):
            return self.lazily(inputs, settings)
        return self.one(inputs, settings)

    def one(self, item: Any, settings: Mapping[str, Any]) -> Any:
        """The result of one input, whatever its type."""
        return self.many([item], settings)[0]

    def many(self, items: Sequence[Any], settings: Mapping[str, Any]) -> list[Any]:
        """The results of several inputs, in their order."""
        merged, rows = self._merged(settings)
        return list(self._stream(iter(items), merged, rows, _LIST_AHEAD))

    def lazily(self, items: Any, settings: Mapping[str, Any]) -> Iterator[Any]:
        """An iterator over results; arguments are checked at once, inputs are read as results are asked for."""
        merged, rows = self._merged(settings)
        return self._stream(_iterator(items), merged, rows, 1 if rows == 1 else max(rows, _LAZY_AHEAD))

    def _pad(self) -> int | None:
        """The model's own idea of padding comes first: some models find the end of a text by it."""
        own = getattr(self.model.config, "pad_token_id", None)
        return own if isinstance(own, int) else getattr(self.tokenizer, "pad_token_id", None)

    def _is_rough(self) -> bool:
        return bool(self.device.type == "cpu" and self.model.dtype in (torch.float16, torch.bfloat16))

    def _merged(self, settings: Mapping[str, Any]) -> tuple[dict[str, Any], int]:
        call = dict(settings)
        call.pop("num_workers", None)
        rows = _batch_size(call.pop("batch_size", None)) or self._rows
        parsed = dict(self.parse(call))
        merged = self._settings | parsed
        for message in self.unheeded(merged, parsed):
            tell(message)
        return merged, rows

    def _stream(self, items: Iterator[Any], settings: Mapping[str, Any], rows: int, ahead: int) -> Iterator[Any]:
        packing = self.packing(rows, settings)
        while some := list(islice(items, ahead)):
            yield from self._results(some, settings, packing)

    def _results(self, items: Sequence[Any], settings: Mapping[str, Any], packing: Packing) -> Iterator[Any]:
        made = [self.pieces(item, settings) for item in items]
        flat = [piece for pieces in made for piece in pieces]
        outputs = iter(self._outputs(flat, settings, packing))
        for item, pieces in zip(items, made, strict=True):
            yield self.finish(item, pieces, list(islice(outputs, len(pieces))), settings)

    def _outputs(self, pieces: Sequence[TokenRow], settings: Mapping[str, Any], packing: Packing) -> list[Any]:
        read, at = distinct(pieces) if self.repeatable else (pieces, range(len(pieces)))
        with torch.no_grad():
            outputs = outputs_of(read, packing, self.device, lambda batch: self.forward(batch, settings))
        return [outputs[place] for place in at]


def is_lazy(inputs: Any) -> bool:
    """Whether it yields inputs and is not one: a generator, an iterator, a data set; no string, mapping, tuple."""
    if isinstance(inputs, str | bytes | Mapping | tuple | list):
        return False
    return isinstance(inputs, Iterable) or (hasattr(inputs, "__getitem__") and hasattr(inputs, "__len__"))


def longest_input(model: Any) -> int:
    """Most tokens that a model with learned positions can read; 0: it has no such limit, or none that is known.

    It is the size of the position table, less the rows in front that some models leave free: RoBERTa's count from
    behind the padding id, BART's from an offset of two.
    """
    for name, module in model.named_modules():
        if name.rpartition(".")[2] in ("position_embeddings", "embed_positions", "wpe"):
            weight = getattr(module, "weight", None)
            if weight is not None and weight.dim() == 2:
                padding = getattr(module, "padding_idx", None)
                free = getattr(module, "offset", 0) or (0 if padding is None else padding + 1)
                return int(weight.shape[0]) - int(free)
    return 0


def accepted(model: Any, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Those of a tokenizer's outputs that the model's ``forward`` names."""
    names = inspect.signature(model.forward).parameters
    return {name: values for name, values in inputs.items() if name in names}


def _iterator(items: Any) -> Iterator[Any]:
    if isinstance(items, Iterable):
        return iter(items)
    return (items[at] for at in range(len(items)))


def _batch_size(value: Any) -> int:
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InputError(f"batch_size must be a whole number from 1, got {value!r}", hint="leave it out, or give 8")
    return value
