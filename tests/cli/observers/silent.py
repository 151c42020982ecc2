"""An observer that silences the command."""

import sys

from nlptasks.plugin import hookimpl


@hookimpl
def nlptasks_run_started(event):
    sys.stderr = None
