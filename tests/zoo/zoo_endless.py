"""A hook whose descriptors never end, a thread that never ends, and a child that goes on with our work."""

import os
import threading
import time

from nlptasks.plugin import HeadSpec, hookimpl

threading.Thread(target=lambda: time.sleep(3600), name="endless").start()
os.fork()


@hookimpl
def nlptasks_heads():
    while True:
        yield HeadSpec(name="endless", summary="x", task="sentiment", object=f"{__name__}:Head")
