"""Completion of command lines, in a real bash where there is one."""

from __future__ import annotations

import shutil
import subprocess

import pytest


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_a_script_for_each_shell(nlptasks, shell):
    code, out, _ = nlptasks("completion", shell)
    assert code == 0
    assert "_NLPTASKS_COMPLETE" in out


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash")
def test_bash_completes_commands_tasks_flags_and_files(command):
    script = """
        eval "$("$@" completion bash)"
        nlptasks() { "$PROGRAM" "$@"; }
        compopt() { COMPREPLY=("${@: -1}"); }  # what bash itself completes
        ask() {
            COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
            _nlptasks_completion nlptasks
            echo "${COMPREPLY[@]}"
        }
        ask nlptasks lea
        ask nlptasks run sent
        ask nlptasks run sentiment --dat
        ask nlptasks run sentiment --precision b
        ask nlptasks run sentiment --data rev
        ask nlptasks wrong sent
    """
    command.write("reviews.csv", "text\n")
    program = shutil.which("nlptasks")
    assert program
    done = subprocess.run(
        ["bash", "-c", script, "bash", program],
        cwd=command.folder,
        env=command.environment() | {"PROGRAM": program},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == ["leaderboard", "sentiment", "--data", "bfloat16", "default", ""]
