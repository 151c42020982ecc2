"""The heavy part of the plugin that meddles: what it does to torch."""

import os
import random
import warnings
from pathlib import Path

import torch

from nlptasks.plugin.predictions import Label

torch.set_default_dtype(torch.float64)
torch.set_grad_enabled(False)
torch.use_deterministic_algorithms(True)
torch.manual_seed(0)
os.chdir("/")
warnings.simplefilter("error")
random.seed(0)


class Head:
    labels = ("negative", "positive")

    def __init__(self, context):
        pass

    def windows(self, examples):
        return [[] for _ in examples]

    def read(self, example, windows, reduced):
        state = (
            Path.cwd() != Path("/")
            and torch.get_default_dtype() == torch.float32
            and torch.is_grad_enabled()
            and not torch.are_deterministic_algorithms_enabled()
            and not any(f[0] == "error" and f[1] is None and f[3] is None for f in warnings.filters)
            and "ZOO_WAS_HERE" not in os.environ
        )
        return Label("positive" if state else "negative", 0.75)
