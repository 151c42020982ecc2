"""Every runtime has all that the interface asks for, by the same names of arguments."""

from __future__ import annotations

import inspect

import pytest

from nlptasks.models.runtimes.interface import DecoderRuntime, DecoderSession, EncoderRuntime
from nlptasks.models.runtimes.openvino_decoder import OpenvinoDecoder, OpenvinoSession
from nlptasks.models.runtimes.openvino_encoder import OpenvinoEncoder
from nlptasks.models.runtimes.torch_models import TorchDecoder, TorchEncoder, TorchSession


@pytest.mark.parametrize(
    ("interface", "kind"),
    [
        (EncoderRuntime, OpenvinoEncoder),
        (EncoderRuntime, TorchEncoder),
        (DecoderRuntime, OpenvinoDecoder),
        (DecoderRuntime, TorchDecoder),
        (DecoderSession, OpenvinoSession),
        (DecoderSession, TorchSession),
    ],
)
def test_a_runtime_can_take_another_ones_place(interface, kind):
    methods = {name: value for name, value in vars(interface).items() if inspect.isfunction(value) and name[0] != "_"}
    assert methods
    for name, method in methods.items():
        mine = inspect.signature(getattr(kind, name)).parameters
        assert list(mine) == list(inspect.signature(method).parameters)
