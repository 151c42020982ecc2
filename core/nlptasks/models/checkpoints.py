"""Writes a folder that holds an encoder and a decoder, as transformers reads it.

``transformers.EncoderDecoderModel.from_pretrained(folder)`` opens it as it is. Encoder and decoder lie in files of
their own, so that a run without written text loads the encoder alone, and a decoder that is trained anew changes no
byte of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from nlptasks.errors import NlptasksError
from nlptasks.files.paths import atomic_output
from nlptasks.models.decoder_settings import OWN, DecoderSettings
from nlptasks.models.decoder_vocabulary import FILE, DecoderText
from nlptasks.models.generation import USUAL_PENALTY, Instruction
from nlptasks.models.weights import digest_of, read_bytes

__all__ = [
    "ALONE",
    "CONFIG",
    "DECODER",
    "ENCODER",
    "INSTRUCTIONS",
    "decoder_digest",
    "decoder_settings",
    "encoder_config",
    "encoder_digest",
    "has_decoder",
    "read_config",
    "write_seq2seq",
]

#: The configuration; the weights of the encoder, whose names begin with ``encoder.``; and those of the decoder, whose
#: names begin with ``decoder.``.
CONFIG = "config.json"
ENCODER = "model-00001-of-00002.safetensors"
DECODER = "model-00002-of-00002.safetensors"

#: Key of the configuration with what the decoder was trained to write: ``[task, language]`` each.
INSTRUCTIONS = f"{OWN}instructions"


_BOTH = "encoder-decoder"
_GENERATION = "generation_config.json"
_PENALTY = "length_penalty"
_INDEX = "model.safetensors.index.json"

#: The weights of an encoder alone, which transformers would read rather than the two files.
ALONE = "model.safetensors"
_TOKENIZER = "tokenizer.json"
_COPIED = (_TOKENIZER, "tokenizer_config.json")

#: Says by which program a configuration was written and how it had loaded the weights, not what the model is.
_VOLATILE = ("transformers_version", "_name_or_path", "dtype")

#: Names of BERT's output layer that are tied to other weights: stored once, under the other name.
_TIED = ("cls.predictions.decoder.weight", "cls.predictions.decoder.bias")


def has_decoder(folder: Path) -> bool:
    """Whether a checkpoint's folder holds a decoder beside the encoder.

    Raises:
        NlptasksError: Its ``config.json`` is missing or damaged.
    """
    return bool(read_config(folder)["model_type"] == _BOTH)


def read_config(folder: Path) -> dict[str, Any]:
    """The configuration in a checkpoint's folder.

    Raises:
        NlptasksError: It is missing or damaged, or is that of a decoder that nobody said the instructions of.
    """
    path = folder / CONFIG
    content = read_bytes(path)
    try:
        config: Any = json.loads(content)
    except ValueError as error:
        raise NlptasksError(f"{path}: not JSON ({error})", hint="the checkpoint is damaged") from error
    if not isinstance(config, dict) or "model_type" not in config:
        raise NlptasksError(f"{path}: not the configuration of a model", hint="the checkpoint is damaged")
    missing = [key for key in ("encoder", "decoder", INSTRUCTIONS) if key not in config]
    if config["model_type"] == _BOTH and missing:
        hint = "only checkpoints that nlptasks wrote can be opened with their decoder"
        raise NlptasksError(f"{path}: no key {missing[0]!r}", hint=hint)
    return config


def encoder_config(folder: Path) -> bytes:
    """The encoder's own ``config.json``, whether a folder has a decoder too or not.

    Raises:
        NlptasksError: It is missing or damaged.
    """
    return _json(read_config(folder)["encoder"]) if has_decoder(folder) else read_bytes(folder / CONFIG)


def encoder_digest(folder: Path) -> str:
    """SHA-256 of what decides the encoder's answers in a folder that has a decoder too, in hexadecimal.

    Raises:
        NlptasksError: A file is missing.
    """
    return digest_of(
        {
            CONFIG: _canonical(read_config(folder)["encoder"]),
            ENCODER: folder / ENCODER,
            _TOKENIZER: folder / _TOKENIZER,
        }
    )


def decoder_digest(folder: Path) -> str:
    """SHA-256 of what decides the decoder's answers beside the encoder, in hexadecimal.

    Raises:
        NlptasksError: A file is missing.
    """
    config = read_config(folder)
    told = {key: value for key, value in config.items() if key == "decoder" or key.startswith(OWN)}
    own = told | _unusual(decoder_settings(folder).length_penalty)
    return digest_of(
        {
            CONFIG: _canonical(own),
            DECODER: folder / DECODER,
            FILE: folder / FILE,
        }
    )


def decoder_settings(folder: Path) -> DecoderSettings:
    """How a checkpoint's decoder is run.

    Raises:
        NlptasksError: The settings are missing or damaged.
    """
    config, path = read_config(folder), folder / _GENERATION
    try:
        penalty = float(json.loads(read_bytes(path)).get(_PENALTY, USUAL_PENALTY))
    except (ValueError, TypeError, AttributeError) as error:
        hint = "the checkpoint is damaged"
        raise NlptasksError(f"{path}: no settings can be read here ({error})", hint=hint) from error
    own = {key: value for key, value in config.items() if key.startswith(OWN) and key != INSTRUCTIONS}
    return DecoderSettings(length_penalty=penalty, own=own)


def write_seq2seq(
    folder: Path,
    *,
    encoder_config: Any,
    encoder_weights: Mapping[str, Any],
    decoder_config: Any,
    decoder_weights: Mapping[str, Any],
    decoder_tokenizer: Any,
    encoder_files: Path,
    instructions: Iterable[Instruction],
    settings: DecoderSettings,
) -> None:
    """Write an encoder and a decoder that reads it, in float16.

    Args:
        folder: Where to write; made if need be. Files of the same names are replaced, and an encoder alone is removed.
        encoder_config: The encoder's ``BertConfig``.
        encoder_weights: Its ``state_dict()``.
        decoder_config: The decoder's ``BertConfig``.
        decoder_weights: The ``state_dict()`` of its ``BertLMHeadModel``, whose output weights are its embeddings.
        decoder_tokenizer: The decoder's tokenizer, of the ``tokenizers`` library.
        encoder_files: Folder with the encoder's ``tokenizer.json`` and ``tokenizer_config.json``.
        instructions: What the decoder was trained to write.
        settings: How the decoder is run.

    Raises:
        NlptasksError: The tokenizer has no token for an instruction, or a file cannot be read or written.
    """
    text = DecoderText(decoder_tokenizer)
    known = sorted(set(instructions))
    for instruction in known:
        text.prefix(instruction)
    shards = {
        ENCODER: {f"encoder.{name}": weight for name, weight in encoder_weights.items()},
        DECODER: {f"decoder.{name}": weight for name, weight in decoder_weights.items() if name not in _TIED},
    }
    copies = {name: read_bytes(encoder_files / name) for name in _COPIED}
    (folder / FILE).parent.mkdir(parents=True, exist_ok=True)
    for name, weights in shards.items():
        _write(folder / name, _safetensors(weights))
    for name, content in copies.items():
        _write(folder / name, content)
    (folder / ALONE).unlink(missing_ok=True)
    _write(folder / FILE, decoder_tokenizer.to_str(pretty=True).encode())
    _write(folder / _INDEX, _json(_index(shards)))
    _write(folder / _GENERATION, _json(_generation(text, settings)))
    _write(folder / CONFIG, _json(_config(encoder_config, decoder_config, text, known, settings)))


def _config(
    encoder: Any, decoder: Any, text: DecoderText, instructions: Iterable[Instruction], settings: DecoderSettings
) -> dict[str, Any]:
    from transformers import EncoderDecoderConfig

    both = EncoderDecoderConfig.from_encoder_decoder_configs(
        encoder, decoder, decoder_start_token_id=text.start, pad_token_id=text.pad, eos_token_id=text.end
    )
    config: dict[str, Any] = json.loads(both.to_json_string())
    for part in ("encoder", "decoder"):
        config[part] = {key: value for key, value in config[part].items() if key not in _VOLATILE}
    config["dtype"] = "float32"  # what transformers is to open it in: half the bytes are for the disk
    config["architectures"] = ["EncoderDecoderModel"]
    config[INSTRUCTIONS] = [[item.task, item.language] for item in instructions]
    return config | dict(settings.own)


def _generation(text: DecoderText, settings: DecoderSettings) -> dict[str, Any]:
    """What transformers' own ``generate`` must know to write as :class:`nlptasks.models.seq2seq.TransformerSeq2Seq`
    does.

    It knows none of a backbone's own settings, and writes without.
    """
    return _unusual(settings.length_penalty) | {
        "decoder_start_token_id": text.start,
        "eos_token_id": text.end,
        "pad_token_id": text.pad,
        "suppress_tokens": [token for token in text.special if token != text.end],
    }


def _unusual(length_penalty: float) -> dict[str, float]:
    """A length penalty as a setting; the usual one needs none."""
    return {} if length_penalty == USUAL_PENALTY else {_PENALTY: length_penalty}


def _index(shards: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    sizes = [2 * weight.numel() for weights in shards.values() for weight in weights.values()]
    places = {name: file for file, weights in shards.items() for name in weights}
    return {"metadata": {"total_size": sum(sizes)}, "weight_map": places}


def _safetensors(weights: Mapping[str, Any]) -> bytes:
    from safetensors.torch import save

    halves = {name: weight.detach().half().cpu().contiguous() for name, weight in weights.items()}
    content: bytes = save(halves, metadata={"format": "pt"})
    return content


def _write(path: Path, content: bytes) -> None:
    with atomic_output(path, force=True) as stream:
        stream.write(content)


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=2, sort_keys=True) + "\n").encode()


def _canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
