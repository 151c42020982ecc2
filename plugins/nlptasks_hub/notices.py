"""Tells the user, as a Python warning, what makes a result another one than was asked for.

transformers 4 logged most of these. Here arguments are laid over each other before transformers sees them, and its
loading is kept off the terminal, so that it has nothing to log.
"""

from __future__ import annotations

import logging
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from transformers.utils import logging as transformers_logging

#: Beginnings of what transformers says while it loads that changes no result, or that is checked here.
_HARMLESS = (
    "Recommended: pip install sacremoses",  # evens out punctuation; Marian's tokenizer goes without
    "`torch_dtype` is deprecated",
    "The following generation flags are not valid",  # of the checkpoint's own settings; nobody asked for them here
)

#: Reports of weights that were missing or not used: see :mod:`nlptasks_hub.checkpoints.loading`.
_CHECKED = ("LOAD REPORT", "were not initialized from the model checkpoint", "were not used when initializing")


#: One thread at a time changes where transformers logs.
_HEARING = Lock()


class ResultWarning(UserWarning):
    """A result differs from what an argument or a file asked for."""


def tell(message: str) -> None:
    """Warn at the line of the user's program that called nlptasks."""
    depth, frame = 1, sys._getframe()
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0].startswith("nlptasks"):
        depth, frame = depth + 1, frame.f_back
    warnings.warn(message, ResultWarning, stacklevel=depth)


@contextmanager
def passed_on(name: str) -> Iterator[None]:
    """Pass on what transformers logs as a warning, each once, under a checkpoint's name."""
    heard = _Heard()
    with _HEARING, _heard_by(heard):
        yield
    for message in heard.messages:
        if not message.startswith(_HARMLESS) and not any(words in message for words in _CHECKED):
            tell(f"{name}: {message}")


@contextmanager
def _heard_by(handler: logging.Handler) -> Iterator[None]:
    logger = logging.getLogger("transformers")
    handlers, level = logger.handlers[:], transformers_logging.get_verbosity()
    logger.handlers = [handler]
    transformers_logging.set_verbosity_warning()
    try:
        yield
    finally:
        logger.handlers = handlers
        transformers_logging.set_verbosity(level)


class _Heard(logging.Handler):
    """Keeps different messages in their order."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        message = " ".join(record.getMessage().split())
        if message not in self.messages:
            self.messages.append(message)
