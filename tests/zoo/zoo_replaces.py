"""Breaks what everybody works with, when it is imported."""

import builtins
import gc
import json
import os
import signal
import socket
import sys
import warnings

import click

from nlptasks.plugin import HeadSpec, hookimpl

json.dumps = click.echo = builtins.open = warnings.showwarning = None
sys.path.clear()
sys.meta_path.clear()
for name in [name for name in sys.modules if name.startswith("nlptasks._")]:
    del sys.modules[name]
gc.disable()
os.umask(0o777)
signal.alarm(1)
socket.setdefaulttimeout(0.001)
sys.stdout.close()
sys.stderr.close()


@hookimpl
def nlptasks_heads():
    return [HeadSpec(name="replacer", summary="x", task="sentiment", object="_zoo_meddles_late:Head")]
