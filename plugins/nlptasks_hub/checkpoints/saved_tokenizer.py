"""Makes a tokenizer cut text as its ``tokenizer.json`` says.

Some tokenizer classes of transformers 5 take only the vocabulary from that file and build the rest themselves, T5's
among them: a text then becomes other tokens than in transformers 4, which took all of it from the file, and than those
on which the model was trained.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

#: What of the file is restored. What is put around a text is not: it depends on settings of the class (languages).
_PARTS = ("model", "normalizer", "pre_tokenizer", "decoder")


#: Parts whose settings (lower case, a space before the first word) decide in both releases, whatever the file says.
_SET = frozenset({"BertNormalizer", "ByteLevel"})


def restore(tokenizer: Any, folder: Path) -> Any:
    """Give a tokenizer the parts that its file has, and return it; without such a file it stays as it is."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    file = folder / "tokenizer.json"
    if backend is None or not file.is_file():
        return tokenizer
    if _SET & {type(getattr(backend, part, None)).__name__ for part in ("normalizer", "pre_tokenizer")}:
        return tokenizer
    from tokenizers import Tokenizer

    saved = Tokenizer.from_file(str(file))
    for part in _PARTS:
        setattr(backend, part, getattr(saved, part))
    return tokenizer
