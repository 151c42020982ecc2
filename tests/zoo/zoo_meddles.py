"""Changes all that belongs to the whole process, when it is imported."""

import locale
import os
import random
import warnings

import numpy as np

from nlptasks.plugin import HeadSpec, hookimpl

os.chdir("/")
os.environ["ZOO_WAS_HERE"] = "1"
locale.setlocale(locale.LC_ALL, "C.UTF-8" if locale.setlocale(locale.LC_ALL) == "C" else "C")
warnings.simplefilter("ignore")
random.seed(0)
np.random.seed(0)


@hookimpl
def nlptasks_heads():
    return [HeadSpec(name="meddler", summary="x", task="sentiment", object="_zoo_meddles_late:Head")]
