"""The benchmarks of this project: a small one that comes with it, and the known data sets."""

from __future__ import annotations

from nlptasks.plugin import BenchmarkSpec, hookimpl


@hookimpl
def nlptasks_benchmarks() -> list[BenchmarkSpec]:
    """Both are data: see the YAML files."""
    return [
        BenchmarkSpec(
            name="smoke",
            summary="30 rows a task, written for this project: runs offline, in under a minute",
            suite=f"{__name__}:smoke/smoke.yaml",
        ),
        BenchmarkSpec(
            name="core",
            summary="known data sets of every task, of which you bring the files",
            suite=f"{__name__}:core.yaml",
        ),
    ]
