"""What a training shows where there is a terminal and where there is none."""

from __future__ import annotations

import io
import sys

from nlptasks._cli.views.progress import shown


class FakeTerminal(io.StringIO):
    """A text file that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_without_a_terminal_there_are_lines_and_no_bar(capsys):
    with shown() as show:
        show.advance(1, 2)
        show.line("[bold]epoch 1[/bold]")
    assert capsys.readouterr() == ("", "[bold]epoch 1[/bold]\n")


def test_a_terminal_shows_the_same_lines_whole(monkeypatch):
    terminal = FakeTerminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with shown() as show:
        show.line("[bold]epoch 1[/bold]")
        show.advance(500, 1_000)
        show.advance(1_000, 1_000)
    assert "[bold]epoch 1[/bold]" in terminal.getvalue()
    assert "1,000 tokens" in terminal.getvalue()
