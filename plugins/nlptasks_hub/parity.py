"""Compares pipelines with recorded results: ``python -m nlptasks_hub.parity CASES.json MODELS_FOLDER``.

A case is ``{"id", "task", "model", "init", "args", "call", "expected"}``: ``pipeline(task, model, **init)(*args,
**call)`` must equal ``expected``. Texts are compared without white space at their ends, numbers to one part in ten
thousand, everything else exactly.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from nlptasks import pipeline

#: Relative and absolute difference that numbers may have; the absolute one is for those that are nearly 0.
_RELATIVE, _ABSOLUTE = 1e-4, 1e-7


def differences(got: Any, expected: Any, place: str = "") -> list[str]:
    """Where a result differs from what was recorded, a line each."""
    if isinstance(expected, Mapping) and isinstance(got, Mapping):
        if got.keys() != expected.keys():
            return [f"{place or 'result'}: keys {sorted(got)}, expected {sorted(expected)}"]
        return [line for key in expected for line in differences(got[key], expected[key], f"{place}.{key}")]
    if isinstance(expected, list) and isinstance(got, list):
        if len(got) != len(expected):
            return [f"{place or 'result'}: {len(got)} items, expected {len(expected)}"]
        pairs = enumerate(zip(got, expected, strict=True))
        return [line for at, (one, other) in pairs for line in differences(one, other, f"{place}[{at}]")]
    return [] if _same(got, expected) else [f"{place or 'result'}: {got!r}, expected {expected!r}"]


def failures(cases: Sequence[Mapping[str, Any]], models: Path) -> Iterator[tuple[Mapping[str, Any], list[str]]]:
    """Run the cases; yields each with the lines of its differences, none where it passes."""
    opened: dict[str, Any] = {}
    for case in cases:
        key = json.dumps([case["task"], case["model"], case["init"]], sort_keys=True)
        try:
            if key not in opened:
                opened[key] = pipeline(case["task"], model=str(models / case["model"]), **case["init"])
            lines = differences(opened[key](*case["args"], **case["call"]), case["expected"])
        except Exception as error:  # a case that raises is one that fails, and the others still run
            lines = [f"raised {type(error).__name__}: {error}"]
        yield case, lines


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns its exit code: 1 where a case fails."""
    parser = argparse.ArgumentParser(prog="python -m nlptasks_hub.parity", description=__doc__)
    parser.add_argument("cases", type=Path, help="a JSON file with a list of cases")
    parser.add_argument("models", type=Path, help="the folder with the cases' models")
    parser.add_argument("--only", default="", help="only cases whose id contains this text")
    given = parser.parse_args(arguments)
    cases = [case for case in json.loads(given.cases.read_text("utf-8")) if given.only in case["id"]]
    failed = 0
    for case, lines in failures(cases, given.models):
        failed += bool(lines)
        for line in lines:
            print(f"{case['id']}: {line}")
    print(f"{len(cases)} cases, {len(cases) - failed} pass, {failed} fail")
    return 1 if failed or not cases else 0


def _same(got: Any, expected: Any) -> bool:
    if isinstance(expected, str) and isinstance(got, str):
        return got.strip() == expected.strip()
    if isinstance(expected, float) and isinstance(got, int | float):
        return math.isclose(got, expected, rel_tol=_RELATIVE, abs_tol=_ABSOLUTE)
    return type(got) is type(expected) and bool(got == expected)


if __name__ == "__main__":
    raise SystemExit(main())
