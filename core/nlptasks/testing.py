"""What plugin authors test with: a tiny backbone that is made on the spot, and checks that any head must pass.

Needs no download and takes about a second. The checks raise :class:`AssertionError` and say what was expected.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlptasks._names import resolve
from nlptasks._plugins.registry import Owned
from nlptasks._running.predict import predict
from nlptasks._systems.loading import load_head
from nlptasks._systems.system import ChosenHead, LoadedHead
from nlptasks.plugin import HeadSpec, TaskSpec
from nlptasks.plugin.protocols import Encoder, Example, Prediction

if TYPE_CHECKING:
    from nlptasks.models.decoder_settings import DecoderSettings
    from nlptasks.models.generation import Continuation, Decoding, Generator, Instruction
    from nlptasks.models.seq2seq import TransformerSeq2Seq

__all__ = [
    "HARD_TEXTS",
    "check_generator",
    "check_head",
    "tiny_encoder",
    "tiny_seq2seq",
    "write_tiny_checkpoint",
    "write_tiny_seq2seq_checkpoint",
]

#: Texts that every head must answer: long, not English, right to left, emoji, combining marks, odd white space, one in
#: which no tokenizer finds anything.
HARD_TEXTS: Sequence[str] = (
    "word " * 10_000,
    "Der Akku hält zwei Tage — großartig!",
    "这个手机很好用。",
    "للأسف الجودة سيئة جدا",
    "👍👍🏽 👨‍👩‍👧‍👦",
    "e\u0301a\u0308 \u200f\u202eabc",
    "\u00a0tab\tand\nline\r\nends ",
    "=1+1",
    "a",
    "\u200b",
)

#: Inputs that hold no text: they have no answer, and change nobody else's.
_BLANK = ("", " \t\n", "\u3000\u00a0")

#: Windows in the larger of the two batches that must give the same answers.
_BATCH = 32

#: Characters of a text that a decoder is checked with.
_LENGTH = 1_000

#: What the tiny decoder can be told to write, task and language.
_INSTRUCTIONS = (("generation", "en"), ("summarization", "en"), ("translation", "de"), ("translation", "fr"))

_WORDS = ("good", "bad", "great", "broken", "phone", "film", "not", "very", "and", "but", "the", "a", "is", "works")


def write_tiny_checkpoint(folder: Path, *, seed: int = 0) -> Path:
    """Write a random BERT of 2 layers and width 32 with a small WordPiece tokenizer, as a Hub checkpoint.

    Args:
        folder: Where to write; made if need be.
        seed: Seeds the weights: another seed is a foreign backbone.

    Returns:
        The folder.
    """
    import torch
    from safetensors.torch import save_file
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertModel

    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    words = [*special, *_WORDS, *(x for x in letters if x not in _WORDS), *(f"##{letter}" for letter in letters)]
    tokenizer = Tokenizer(models.WordPiece({word: at for at, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
    )
    folder.mkdir(parents=True, exist_ok=True)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = BertModel(config, add_pooling_layer=False)
    config.save_pretrained(folder)
    # Not save_pretrained, which draws a progress bar on the terminal of whoever runs the tests.
    save_file({name: weight.contiguous() for name, weight in model.state_dict().items()}, folder / "model.safetensors")
    tokenizer.save(str(folder / "tokenizer.json"))
    names = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    settings = {"tokenizer_class": "BertTokenizer", "do_lower_case": True, **names}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
    return folder


def tiny_encoder(folder: Path, *, seed: int = 0) -> Encoder:
    """A random encoder in memory, from a checkpoint that is written to ``folder`` first."""
    from nlptasks.models.encoder import TransformerEncoder

    return TransformerEncoder(write_tiny_checkpoint(folder, seed=seed), name="tiny", device="cpu")


def write_tiny_seq2seq_checkpoint(folder: Path, *, seed: int = 0, settings: DecoderSettings | None = None) -> Path:
    """Write the encoder of :func:`write_tiny_checkpoint` with a random decoder of 2 layers.

    The decoder has a byte-level vocabulary and writes at most 61 tokens of nonsense: in English for ``generation`` and
    ``summarization``, in German (``de``) and French (``fr``) for ``translation``.

    Args:
        folder: Where to write; made if need be.
        seed: Seeds the weights.
        settings: How the decoder is run; ``None``: as usual.

    Returns:
        The folder.
    """
    from tempfile import TemporaryDirectory

    import torch
    from safetensors.torch import load_file
    from transformers import BertConfig, BertLMHeadModel

    from nlptasks.models.checkpoints import write_seq2seq
    from nlptasks.models.decoder_settings import DecoderSettings
    from nlptasks.models.generation import Instruction

    instructions = [Instruction(*item) for item in _INSTRUCTIONS]
    tokenizer = _tiny_decoder_tokenizer(instructions)
    config = BertConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
        type_vocab_size=1,
        initializer_range=0.3,  # ten times the usual: probabilities that differ, for texts that do
        is_decoder=True,
        add_cross_attention=True,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        decoder = BertLMHeadModel(config)
    _make_legible(decoder, tokenizer)
    with TemporaryDirectory() as name:
        encoder = write_tiny_checkpoint(Path(name), seed=seed)
        write_seq2seq(
            folder,
            encoder_config=BertConfig.from_pretrained(encoder),
            encoder_weights=load_file(encoder / "model.safetensors"),
            decoder_config=config,
            decoder_weights=decoder.state_dict(),
            decoder_tokenizer=tokenizer,
            encoder_files=encoder,
            instructions=instructions,
            settings=settings or DecoderSettings(),
        )
    return folder


def tiny_seq2seq(folder: Path, *, seed: int = 0, settings: DecoderSettings | None = None) -> TransformerSeq2Seq:
    """A random encoder with a random decoder, from a checkpoint that is written to ``folder`` first."""
    from nlptasks.models.seq2seq import TransformerSeq2Seq

    written = write_tiny_seq2seq_checkpoint(folder, seed=seed, settings=settings)
    return TransformerSeq2Seq(written, name="tiny", device="cpu")


def _make_legible(decoder: Any, tokenizer: Any) -> None:
    """Let a random decoder write mostly letters and spaces, and end some texts while others are cut."""
    bias, end = decoder.cls.predictions.bias.data, tokenizer.token_to_id("</s>")
    for token, at in tokenizer.get_vocab().items():
        letters = token.replace("Ġ", "a")
        bias[at] = 0.0 if letters.isascii() and letters.isalpha() else -4.0
    decoder.bert.embeddings.word_embeddings.weight.data[end] *= 0.25
    bias[end] = 4.0


def _tiny_decoder_tokenizer(instructions: Sequence[Instruction]) -> Any:
    """Bytes, special tokens and a few merges."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    from nlptasks.models.decoder_vocabulary import special_tokens

    special = special_tokens(instructions)
    merges = [("t", "h"), ("th", "e"), ("Ġ", "the"), ("o", "o"), ("Ġ", "g"), ("Ġg", "oo"), ("Ġgoo", "d")]
    tokens = [*special, *sorted(pre_tokenizers.ByteLevel.alphabet()), *(one + other for one, other in merges)]
    tokenizer = Tokenizer(models.BPE({token: at for at, token in enumerate(tokens)}, merges))
    tokenizer.add_special_tokens(list(special))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def check_head(
    task: TaskSpec, head: HeadSpec, *, backbone: Encoder | None = None, options: Any = None, weights: Path | None = None
) -> None:
    """Check what every head must do.

    It reads any text, to its end or saying how much it cut. It answers the same in batches of one window and of 32, in
    any order of the rows, and beside rows without text. It leaves the backbone as it was.

    Args:
        task: The task that the head solves.
        head: The head.
        backbone: What it works on; ``None`` where it needs nothing.
        options: Its options; ``None``: the defaults.
        weights: Folder of its trained weights.

    Raises:
        AssertionError: It does not; the message says what was expected.
    """
    opened = load_head(
        ChosenHead(
            task=task,
            head=Owned(head, "under-test", "under-test"),
            options=options if options is not None or head.options is None else head.options(),
            weights=weights,
        ),
        backbone,
    )
    before = backbone.fingerprint() if backbone else ""
    examples = [*_rows(task, task.examples), *_hard(task)]
    whole = _answers(opened, backbone, examples, windows=_BATCH)
    kind = resolve(task.prediction)
    for example, prediction in zip(examples, whole, strict=True):
        assert isinstance(prediction, kind), f"{example.inputs}: expected a {kind.__name__}, got {prediction!r}"
        _check_score(opened, prediction, example)
    alone = [answer for example in examples for answer in _answers(opened, backbone, [example])]
    _check_same(whole, alone, "a batch of one")
    reverse = _answers(opened, backbone, examples[::-1], windows=_BATCH)[::-1]
    _check_same(whole, reverse, "the rows in reverse order")
    _check_blank(opened, backbone, examples[:1], whole[:1])
    if backbone:
        for example in examples if head.needs else ():
            _check_read(opened, backbone, example)
        assert backbone.fingerprint() == before, "the head changed the weights of the shared backbone"


def check_generator(backbone: Generator) -> None:
    """Check what every backbone that writes text must do: the same text in any batch, within its limits, and frozen.

    Args:
        backbone: The backbone.

    Raises:
        AssertionError: It does not; the message says what was expected.
    """
    from nlptasks.models.generation import Decoding

    before, known = backbone.fingerprint(), backbone.instructions
    assert known and list(known) == sorted(set(known)), f"instructions must be sorted and different, got {known}"
    texts = [text[:_LENGTH] for text in HARD_TEXTS]
    most = min(backbone.max_new_tokens, 12)
    ways = Decoding(), Decoding(beams=3, no_repeat=2), Decoding(temperature=1.0, top_p=0.9, samples=2)
    for decoding in (replace(way, max_new_tokens=most) for way in ways):
        _check_written(backbone, texts, known[0], decoding)
    for text, found in zip(texts, backbone.likelihoods(texts, texts, known[0]), strict=True):
        assert found.tokens > 0 and 0 <= found.nll < math.inf, f"{text[:40]!r}: {found} is no likelihood"
    assert backbone.fingerprint() == before, "writing changed the weights"


def _check_written(backbone: Generator, texts: Sequence[str], instruction: Instruction, decoding: Decoding) -> None:
    whole = _written(backbone, texts, instruction, decoding)
    for text, row in zip(texts, whole, strict=True):
        (alone,) = _written(backbone, [text], instruction, decoding)
        same = [item.text for item in row] == [item.text for item in alone]
        assert same, f"a batch of one gives another text with {decoding}: {alone} and {row}"
        assert len(row) == decoding.samples, f"{decoding.samples} texts were asked for: {row}"
        for item in row:
            assert 0 < item.tokens <= decoding.max_new_tokens, f"a text is too long for {decoding}: {item}"
            assert item.complete or item.tokens == decoding.max_new_tokens, f"neither ended nor cut: {item}"
            assert item.log_probability <= 0, f"a log-probability is at most 0: {item}"


def _written(
    backbone: Generator, texts: Sequence[str], instruction: Instruction, decoding: Decoding
) -> list[list[Continuation]]:
    windows = [row[0] for row in backbone.tokenize(texts, max_windows=1, instruction=instruction)]
    return backbone.generate(backbone.encode(windows), instruction, decoding)


def _rows(task: TaskSpec, rows: Sequence[Mapping[str, str]]) -> list[Example]:
    return [Example({column.name: row[column.name] for column in task.inputs}) for row in rows]


def _hard(task: TaskSpec) -> list[Example]:
    return _rows(task, [{column.name: text for column in task.inputs} for text in HARD_TEXTS])


def _answers(
    opened: LoadedHead, backbone: Encoder | None, examples: Sequence[Example], *, windows: int = 1
) -> list[Prediction]:
    """The answers, the blank rows' left out, from batches of so many windows (and more where they are short)."""
    budget = windows * backbone.max_tokens if backbone and windows > 1 else 1
    answers = predict([opened], backbone, [examples], budget=budget).by_head[0]
    return [answer for answer in answers if answer is not None]


def _check_blank(
    opened: LoadedHead, backbone: Encoder | None, examples: Sequence[Example], answers: Sequence[Prediction]
) -> None:
    """Rows without text beside other rows."""
    for column in opened.task.inputs:
        if not column.optional:
            blank = [Example({**examples[0].inputs, column.name: text}) for text in _BLANK]
            found = _answers(opened, backbone, [*blank, *examples, *blank])
            assert len(found) == len(examples), f"an example whose {column.name!r} holds no text was answered: {found}"
            _check_same(answers, found, "a row without text beside it")


def _check_read(opened: LoadedHead, backbone: Encoder, example: Example) -> None:
    """The windows hold all tokens of the last input, or the last of them says how many are cut.

    A head may do without any window, where it has no need to read the text.
    """
    name = opened.task.inputs[-1].name
    empty = backbone.tokenize([""])[0][0]
    behind = len(empty) - empty.start
    text = example.inputs[name].strip()  # some tokenizers have tokens for white space, which heads may leave out
    whole = sum(len(window) - len(empty) for window in backbone.tokenize([text])[0])
    asked = opened.head.windows([example])[0]
    held = sum(len(window) - window.start - behind for window in asked)
    cut = asked[-1].cut if asked else 0
    assert not asked or held + cut >= whole, (
        f"an input {name!r} of {whole} tokens was cut in silence: {held} are in windows, {cut} said to be cut"
    )


def _check_score(opened: LoadedHead, prediction: Prediction, example: Example) -> None:
    labels = opened.head.labels
    assert not labels or prediction.canonical in labels, (
        f"{example.inputs}: {prediction.canonical!r} is not in {labels}"
    )
    score = getattr(prediction, "score", 1.0)
    assert score is None or 0 <= score <= 1, f"{example.inputs}: the score {score} is not between 0 and 1"


def _check_same(one: Sequence[Prediction], other: Sequence[Prediction], what: str) -> None:
    for a, b in zip(one, other, strict=True):
        # What a number is rounded to for its answer may change with its last bits: numbers are compared as scores are.
        number = "value" if hasattr(a, "value") and hasattr(b, "value") else ""
        assert number or a.canonical == b.canonical, f"{what} gives another answer: {a} and {b}"
        for name in filter(None, ("score", number)):
            near = math.isclose(getattr(a, name, None) or 0.0, getattr(b, name, None) or 0.0, abs_tol=1e-4)
            assert near, f"{what} gives another {name}: {a} and {b}"
