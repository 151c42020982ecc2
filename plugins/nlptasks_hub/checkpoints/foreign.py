"""Names folders and files that other programs made for what they are, and says what to do with them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlptasks.files.names import is_file

from .reference import CONFIG

ADAPTER = "adapter_config.json"

#: What sentence-transformers writes beside, or above, the folder of its Transformer.
_MODULES = "modules.json"

#: First bytes of llama.cpp's files.
_GGUF = b"GGUF"

_ORIGINAL = "name the checkpoint that it was made from, which has model.safetensors"
_CONVERTED = (
    "open it with transformers (AutoModel... and AutoTokenizer.from_pretrained(FOLDER, gguf_file=NAME)), write both "
    f"with save_pretrained, and name that folder;\nor {_ORIGINAL}"
)


@dataclass(frozen=True, slots=True)
class Foreign:
    """What something is that is no checkpoint of transformers.

    Args:
        what: What it is, to stand behind "is".
        hint: What to do.
        program: The program that reads it.
    """

    what: str
    hint: str
    program: str


#: Files by their pattern: the program, and whether its weights are pickled or converted.
_WEIGHTS = (
    (("*.gguf",), "llama.cpp", "weights for llama.cpp (GGUF)", _CONVERTED),
    (("*.onnx", "onnx/*.onnx"), "ONNX", "an export for ONNX Runtime", _ORIGINAL),
    (("openvino_model.xml", "*.xml"), "OpenVINO", "an export for OpenVINO", _ORIGINAL),
    (
        ("tf_model*.h5", "*.keras", "saved_model.pb", "*.ckpt.index"),
        "TensorFlow",
        "weights for TensorFlow",
        "write them for PyTorch with transformers 4: AutoModel... .from_pretrained(FOLDER, from_tf=True)"
        ".save_pretrained(NEW); or " + _ORIGINAL,
    ),
    (
        ("*.msgpack",),
        "Flax",
        "weights for Flax",
        "write them for PyTorch with transformers 4: AutoModel... .from_pretrained(FOLDER, from_flax=True)"
        ".save_pretrained(NEW); or " + _ORIGINAL,
    ),
    (("model.bin",), "CTranslate2", "a model for CTranslate2", _ORIGINAL),
    (("rust_model.ot",), "rust-bert", "weights for rust-bert", _ORIGINAL),
)

#: Files that hold weights, or all of a model, and nothing that says how to open them.
_FILES = {
    ".safetensors": "a file with weights alone",
    ".bin": "a file with pickled weights alone",
    ".pt": "a file with pickled weights alone",
    ".pth": "a file with pickled weights alone",
    ".ckpt": "a file with pickled weights alone",
    ".json": "one file of a checkpoint",
    ".zip": "an archive",
    ".gz": "an archive",
    ".tar": "an archive",
}


def foreign(place: Path) -> Foreign | None:
    """What a folder or a file is, where another program made it; ``None``: nothing that is known here.

    A folder with ``config.json`` is none, whatever lies beside it (its weights are looked for in their turn), unless
    that is an adapter: it changes the model, or was merged into it, and nobody can tell which.
    """
    if is_file(place):
        return _file(place)
    if (place / ADAPTER).is_file():
        return _adapter(place)
    if (place / CONFIG).is_file():
        return None
    return _modules(place) or _diffusion(place) or weights_of_others(place) or _pickled(place) or _above(place)


def weights_of_others(folder: Path) -> Foreign | None:
    """Weights in a folder that another program reads."""
    for patterns, program, what, hint in _WEIGHTS:
        found = next((path for pattern in patterns for path in sorted(folder.glob(pattern))), None)
        if found is not None:
            return Foreign(f"{what}: {found.name}", hint.replace("FOLDER", repr(str(folder))), program)
    return None


def is_sentence_transformer(folder: Path) -> bool:
    """Whether sentence-transformers wrote a folder."""
    return (folder / _MODULES).is_file()


def _file(path: Path) -> Foreign | None:
    with path.open("rb") as stream:
        begun = stream.read(len(_GGUF))
    if begun == _GGUF or path.suffix == ".gguf":
        return Foreign("a file for llama.cpp (GGUF)", _CONVERTED, "llama.cpp")
    if path.suffix == ".onnx":
        return Foreign("an export for ONNX Runtime", _ORIGINAL, "ONNX")
    if what := _FILES.get(path.suffix):
        unpack = "unpack it, and name" if what == "an archive" else "name"
        return Foreign(what, f"{unpack} the folder with {CONFIG} and model.safetensors", "")
    return None


def _adapter(folder: Path) -> Foreign:
    said = _json(folder / ADAPTER)
    base = said.get("base_model_name_or_path") if isinstance(said, dict) else None
    kind = said.get("peft_type") if isinstance(said, dict) else None
    of = f" for {base}" if isinstance(base, str) and base else ""
    named = f" ({kind})" if isinstance(kind, str) and kind else ""
    merged = (
        f"; where it is merged into the weights beside it already, take {ADAPTER} away"
        if (folder / CONFIG).is_file()
        else ""
    )
    return Foreign(
        f"an adapter of PEFT{named}{of}, not a model",
        "merge it into its model with peft (AutoPeftModelFor... .from_pretrained, merge_and_unload, save_pretrained), "
        f"save the tokenizer beside it, and name that folder{merged}",
        "PEFT",
    )


def _modules(folder: Path) -> Foreign | None:
    """An older folder of sentence-transformers, whose Transformer has a folder of its own."""
    if not is_sentence_transformer(folder):
        return None
    said = _json(folder / _MODULES)
    paths = [item.get("path") for item in said if isinstance(item, dict)] if isinstance(said, list) else []
    inner = next((folder / path for path in paths if isinstance(path, str) and is_file(folder / path / CONFIG)), None)
    hint = f"name the folder of its Transformer: {_typed(inner)}" if inner else "it lacks the folder of its Transformer"
    return Foreign("a model of sentence-transformers", hint, "sentence-transformers")


def _diffusion(folder: Path) -> Foreign | None:
    if not (folder / "model_index.json").is_file():
        return None
    return Foreign("a model of diffusers, which makes pictures", "name a checkpoint of a model of text", "diffusers")


def _pickled(folder: Path) -> Foreign | None:
    found = next((path for end in ("*.bin", "*.pt", "*.pth", "*.ckpt") for path in sorted(folder.glob(end))), None)
    if found is None:
        return None
    return Foreign(
        f"a folder with pickled weights ({found.name}) and no {CONFIG}, which says what model they are of",
        "name the folder that transformers' save_pretrained wrote",
        "",
    )


def _above(folder: Path) -> Foreign | None:
    """A folder of checkpoints: what a training wrote, or a repository in the Hub's cache."""
    found = sorted(path.parent for pattern in (f"*/{CONFIG}", f"snapshots/*/{CONFIG}") for path in folder.glob(pattern))
    if not found:
        return None
    named = ", ".join(map(_typed, found[:3])) + (", ..." if len(found) > 3 else "")
    return Foreign("a folder of checkpoints", f"name one of them: {named}", "")


def _typed(path: Path) -> str:
    text = str(path)
    return text if text.startswith(("/", ".", "~")) else f"./{text}"


def _json(path: Path) -> Any:
    """What a file holds, where it can be read: it only helps to name what is refused."""
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
