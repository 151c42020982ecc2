"""Prints wherever it can, in every way that there is."""

import os
import subprocess
import sys
import threading

from nlptasks.plugin import HeadSpec, hookimpl
from nlptasks.plugin.predictions import Label

STREAM = sys.stdout


def noise():
    print("noise: print")
    print("noise: kept stream", file=STREAM)
    sys.stdout.buffer.write(b"noise: bytes\n")
    sys.__stdout__.write("noise: original stream\n")
    sys.__stdout__.flush()
    os.write(1, b"noise: descriptor\n")
    subprocess.run([sys.executable, "-c", "print('noise: process')"], check=True)
    thread = threading.Thread(target=print, args=("noise: thread",))
    thread.start()
    thread.join()


noise()


class Noisy:
    labels = ("negative", "positive")

    def __init__(self, context):
        noise()

    def windows(self, examples):
        noise()
        return [[] for _ in examples]

    def read(self, example, windows, reduced):
        noise()
        return Label("positive", 0.75)


@hookimpl
def nlptasks_heads():
    noise()
    return [HeadSpec(name="noisy", summary="Prints.", task="sentiment", object=f"{__name__}:Noisy")]


@hookimpl
def nlptasks_run_started(event):
    noise()
