"""``nlptasks errors RECORD ...``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from nlptasks._cli.app import App
from nlptasks._cli.configured import command
from nlptasks._cli.flags import Chosen, flags_of, json_flag
from nlptasks._cli.views.tables import echo_json
from nlptasks.plugin.options import setting
from nlptasks.text.display import one_line

if TYPE_CHECKING:
    from nlptasks._scoring.errors_view import Error, ErrorList, Judged

#: Characters of a text that a terminal shows, and of a system's name.
_TEXT, _NAME = 200, 28


@dataclass(frozen=True, kw_only=True)
class ErrorsOptions:
    """Which errors, and where they go."""

    kind: str = setting(
        "wrong",
        "Wrong in some record; wrong with a high probability; wrong in each; wrong in this one alone.",
        metavar="wrong|confident|all-wrong|only:NAME",
    )
    number: int = setting(20, "How many.", short="n", min=1, metavar="N")
    metric: str = setting("", "The metric that judges.", metavar="NAME", default_text="by the record")
    output: str = setting("", "Write a page in place of the listing.", short="o", metavar="FILE.html", path=True)
    force: bool = setting(False, "Replace the page where it exists.", short="f")


def _errors(app: App, chosen: Chosen, records: tuple[str, ...], as_json: bool) -> None:
    """Show what records got wrong, sample by sample, side by side.

    With labels, a prediction is wrong where it is not the gold label. Otherwise the metric of the sample alone decides:
    it is wrong on the worse half of the metric's scale, or of the samples where the scale has no end.
    """
    from nlptasks._scoring import of_records
    from nlptasks.files.paths import atomic_output

    options = chosen.of(ErrorsOptions)
    found = of_records.errors(
        app.plugins().registry, *records, kind=options.kind, n=options.number, metric=options.metric
    )
    if output := options.output:
        from nlptasks._scoring.errors_page import page

        with atomic_output(output, force=options.force) as stream:
            stream.write(page(found).encode())
        click.echo(f"{len(found.errors):,} of {found.found:,} errors -> {one_line(output)}", err=True)
    elif not as_json:
        click.echo("\n".join(_lines(found)))
    if as_json:
        _echo(found)


def _echo(found: ErrorList) -> None:
    from dataclasses import asdict

    data = asdict(found)
    for error in data["errors"]:
        error["predictions"] = dict(zip(found.systems, error["predictions"], strict=True))
    echo_json(data)


def _lines(found: ErrorList) -> Iterator[str]:
    yield (
        f"{found.task} on {one_line(found.dataset)}: {found.found:,} of {found.samples:,} samples are of the kind "
        f"{one_line(found.kind)}"
    )
    yield f"{found.rule}"
    for error in found.errors:
        yield ""
        yield from _error(error, found)
    if found.found > len(found.errors):
        yield ""
        yield f"and {found.found - len(found.errors):,} more: -n shows more of them, --output FILE.html makes a page"


def _error(error: Error, found: ErrorList) -> Iterator[str]:
    names = [*error.inputs, "gold", *found.systems]
    shown = [one_line(name, _NAME) for name in names]
    width = max(map(len, shown))
    texts = [*error.inputs.values(), error.gold]
    yield one_line(error.id, _TEXT)
    for name, text in zip(shown, texts, strict=False):
        yield f"  {name:<{width}}  {one_line(text, _TEXT)}"
    for name, answer in zip(shown[len(texts) :], error.predictions, strict=True):
        yield f"  {name:<{width}}  {_answer(answer, found.metric)}"


def _answer(answer: Judged, metric: str) -> str:
    text = (
        "(no prediction)"
        if answer.prediction is None
        else one_line(answer.prediction, _TEXT) or "(an empty prediction)"
    )
    value = "" if answer.value is None else f", {metric} {answer.value:.3f}"
    sure = "" if answer.score is None else f", p {answer.score:.3f}"
    return f"{text}  [{'wrong' if answer.wrong else 'right'}{value}{sure}]"


errors = command(
    "errors",
    _errors,
    [
        click.Argument(["records"], nargs=-1, required=True, metavar="RECORD..."),
        *flags_of(ErrorsOptions),
        json_flag("Print them as JSON."),
    ],
)
