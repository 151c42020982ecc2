"""``question-answering``: the pieces of a context that answer a question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlptasks.plugin.pipelines import PipelineContext

from .arguments import check_names, whole_number
from .base import Pipeline, accepted
from .errors import InputError
from .opening import PipelineParts
from .pieces import PaddedBatch, TokenRow
from .questions import one_question, questions_of, read_question
from .spans import best_spans
from .written.tokens import check_ids, encodable

_KNOWN = frozenset(
    {"align_to_words", "doc_stride", "handle_impossible_answer", "max_answer_len", "max_question_len", "max_seq_len"}
    | {"padding", "top_k", "topk"}
)
_NUMBERS = ("doc_stride", "max_answer_len", "max_question_len", "max_seq_len", "top_k")
#: Where questions and contexts stand in a call.
_INPUTS = ("question", "context", "data", "X")


@dataclass(frozen=True)
class _ContextWindow:
    """A window of a context.

    Args:
        encoding: The tokenizer's encoding, which maps tokens to words and characters.
        allowed: Tokens that may answer, ``[tokens]``.
    """

    encoding: Any
    allowed: NDArray[np.bool_]


class QuestionAnswering(Pipeline):
    """Spans of a context with scores and places.

    Arguments, at the opening or at a call:

    - ``top_k``: the best so many answers.
    - ``max_seq_len``: tokens of a window, question included; ``doc_stride``: tokens that windows share.
    - ``max_answer_len``: most tokens of an answer.
    - ``handle_impossible_answer``: whether no answer (an empty text) may be one.
    - ``align_to_words``: whether answers are widened to whole words.
    - ``max_question_len`` has no effect (nor had it for fast tokenizers in transformers 4).
    - ``padding``: that of the tokenizer.

    A score is the probability of a span within its window; spans of one text have the sum of their scores. Where the
    tokenizer pads on the left, only tokens of the context answer (in transformers 4 those of the question could).
    """

    model_class = "AutoModelForQuestionAnswering"
    repeatable = True
    default = "distilbert/distilbert-base-cased-distilled-squad"

    def __init__(self, opened: PipelineParts) -> None:
        if not getattr(opened.tokenizer, "is_fast", False):
            raise InputError(
                f"the tokenizer {type(opened.tokenizer).__name__} does not tell where its tokens stand in the text",
                hint="take a checkpoint with a tokenizer.json",
            )
        super().__init__(opened)

    def __call__(self, *args: Any, **settings: Any) -> Any:
        """Answer one question or several.

        Args:
            args: ``{"question": ..., "context": ...}``, a list of those, something that yields them, or a question and
                a context.
            settings: ``question`` and ``context``: a text each, lists of equal length, or questions on one context;
                ``data`` (or ``X``): what ``args`` can be; and see the class and :meth:`.base.Pipeline.__call__`.

        Returns:
            ``{"score": ..., "start": ..., "end": ..., "answer": ...}`` for each question, or a list of those where
            several were asked for and found; characters are counted from 0, ``end`` is behind the answer. A list of
            one question is answered as that question.

        Raises:
            InputError: A question or a context is missing or empty, or an argument does not fit.
        """
        given = {name: settings.pop(name) for name in _INPUTS if name in settings}
        inputs = questions_of(args, given)
        if isinstance(inputs, list):
            return self.one(inputs[0], settings) if len(inputs) == 1 else self.many(inputs, settings)
        return self.lazily(inputs, settings)

    @staticmethod
    def create_sample(question: Any, context: Any) -> Any:
        """What a call takes, of a question and a context, or of lists of those."""
        return read_question({"question": question, "context": context})

    def parse(self, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        """Check arguments."""
        check_names(self.task, settings, _KNOWN)
        parsed = {name: value for name, value in settings.items() if value is not None}
        parsed.setdefault("top_k", parsed.pop("topk", None))
        for name in _NUMBERS:
            if parsed.get(name) is not None:
                whole_number(name, parsed[name], least=0 if name == "doc_stride" else 1)
        return {name: value for name, value in parsed.items() if value is not None}

    def unheeded(self, settings: Mapping[str, Any], call: Mapping[str, Any]) -> Iterable[str]:
        """The argument that only tokenizers in Python had."""
        if "max_question_len" in settings:
            yield "max_question_len has no effect: a question is read as a whole"

    def pieces(self, item: Any, settings: Mapping[str, Any]) -> list[TokenRow]:
        """The windows of the context, each behind the question."""
        question = one_question(item)
        first = self._question_first()
        texts = [encodable(question.question), encodable(question.context)]
        encoded = self.tokenizer(
            *(texts if first else reversed(texts)),
            truncation="only_second" if first else "only_first",
            return_token_type_ids=True,
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
            padding=settings.get("padding", "do_not_pad"),
            **self._window(texts, settings),
        )
        return [self._piece(encoded, at) for at in range(len(encoded["input_ids"]))]

    def forward(self, batch: PaddedBatch, settings: Mapping[str, Any]) -> Sequence[Any]:
        """The logits: for each row a pair of float32 arrays of ``[tokens]``."""
        output = self.model(**batch.tensors)
        starts, ends = batch.rows(output.start_logits.float().cpu()), batch.rows(output.end_logits.float().cpu())
        return [(start.numpy(), end.numpy()) for start, end in zip(starts, ends, strict=True)]

    def finish(self, item: Any, pieces: Sequence[TokenRow], outputs: Sequence[Any], settings: Mapping[str, Any]) -> Any:
        """The best answers over all windows."""
        context = one_question(item).context
        top_k, words = settings.get("top_k", 1), settings.get("align_to_words", True)
        found: dict[str, dict[str, Any]] = {}
        null = 1_000_000.0
        for piece, (start, end) in zip(pieces, outputs, strict=True):
            spans = best_spans(
                start,
                end,
                piece.extra.allowed,
                most=top_k * 2 + 10 if words else top_k,  # several spans may widen to the same words
                longest=settings.get("max_answer_len", 15),
            )
            null = min(null, spans.null)
            for first, last, score in zip(spans.starts, spans.ends, spans.scores, strict=True):
                begin, behind = self._characters(piece.extra.encoding, int(first), int(last), words=words)
                _add(found, context[begin:behind], float(score), begin, behind)
        answers = list(found.values())
        if settings.get("handle_impossible_answer"):
            answers.append({"score": null, "start": 0, "end": 0, "answer": ""})
        best = sorted(answers, key=lambda answer: answer["score"], reverse=True)[:top_k]
        return best[0] if len(best) == 1 else best

    def _question_first(self) -> bool:
        return bool(getattr(self.tokenizer, "padding_side", "right") == "right")

    def _window(self, texts: Sequence[str], settings: Mapping[str, Any]) -> dict[str, int]:
        """Size and overlap of windows.

        Raises:
            InputError: The question leaves no room for the context, or no more than the overlap.
        """
        known = int(getattr(self.tokenizer, "model_max_length", 0) or 384)
        size = settings.get("max_seq_len") or min(known, 384, self.longest or 384)
        stride = settings.get("doc_stride")
        overlap = min(size // 2, 128) if stride is None else stride
        if overlap > size:
            raise InputError(
                f"doc_stride ({overlap}) is larger than max_seq_len ({size})", hint=f"give doc_stride={size // 2}"
            )
        asked, told = (
            len(self.tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]) for text in texts
        )
        room = size - asked - int(self.tokenizer.num_special_tokens_to_add(pair=True))
        if told <= room:
            return {"max_length": size, "stride": overlap}
        if room < 1 or (stride is not None and overlap >= room):
            raise InputError(
                f"the question has {asked} tokens, which leaves {max(room, 0)} of max_seq_len={size} to the context"
                + (f", and doc_stride={overlap} of them overlap" if room > 0 else ""),
                hint="give a larger max_seq_len, a shorter question, or a smaller doc_stride",
            )
        return {"max_length": size, "stride": min(overlap, room - 1)}

    def _piece(self, encoded: Any, at: int) -> TokenRow:
        encoding = encoded.encodings[at]
        names = {*self.tokenizer.model_input_names, *(["token_type_ids"] if self.types else [])}
        rows = {name: encoded[name][at] for name in encoded if name in names}
        check_ids(self, encoding.ids, "give a smaller max_seq_len")
        context = 1 if self._question_first() else 0
        allowed = np.array([place == context for place in encoding.sequence_ids])
        no_answer = np.array(encoding.ids) == self.tokenizer.cls_token_id
        read = np.array(encoding.attention_mask) == 1
        return TokenRow(accepted(self.model, rows), extra=_ContextWindow(encoding, (allowed | no_answer) & read))

    def _characters(self, encoding: Any, first: int, last: int, *, words: bool) -> tuple[int, int]:
        """Where a span of tokens begins in the context, and where it ends."""
        context = 1 if self._question_first() else 0
        if words:
            found = [encoding.token_to_word(token) for token in (first, last)]
            spans = [encoding.word_to_chars(word, context) for word in found if word is not None]
            if len(spans) == 2 and all(spans):
                return int(spans[0][0]), int(spans[1][1])
        return int(encoding.offsets[first][0]), int(encoding.offsets[last][1])


def open_question_answering(context: PipelineContext) -> QuestionAnswering:
    """The pipeline; see :class:`nlptasks.plugin.PipelineSpec`."""
    return QuestionAnswering.open(context)


def _add(found: dict[str, dict[str, Any]], text: str, score: float, start: int, end: int) -> None:
    """Keep an answer, or add its score to that of the same text found before."""
    known = found.setdefault(text.lower(), {"score": 0.0, "start": start, "end": end, "answer": text})
    known["score"] += score
