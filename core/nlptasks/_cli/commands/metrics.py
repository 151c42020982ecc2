"""``nlptasks metrics list|explain``."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from nlptasks._cli.app import App, pass_app
from nlptasks._cli.commands.listings import echo_all, json_option
from nlptasks._cli.once import OnceCommand
from nlptasks._cli.views.describe import as_json
from nlptasks._cli.views.tables import echo_json
from nlptasks._names import resolve
from nlptasks._plugins.registry import Owned
from nlptasks.plugin import LIKELIHOOD, PREDICTION, PROBABILITIES, STATE, MetricSpec
from nlptasks.plugin.labels import check_labels, split_list
from nlptasks.text.display import one_line

if TYPE_CHECKING:
    from nlptasks.plugin.protocols import Metric

#: What a metric reads, in words.
_READS: Mapping[str, str] = {
    PREDICTION: "the prediction",
    LIKELIHOOD: "the likelihood of the gold text",
    PROBABILITIES: "the probability of each label",
    STATE: "what is noted about the prediction (missing, cut off, ...)",
}

#: How the interval of a score is made, in words.
_INTERVALS: Mapping[str, str] = {
    "wilson": "95 %, Wilson's",
    "wilson-t": "95 %, Wilson's with the jackknife's standard error and Student's t",
    "hall-t": "95 %, Hall's t interval with the jackknife's standard error",
    "none": "none: the metric is biased on few samples",
}

#: Characters of a text that are shown.
_LONGEST = 4_000

#: The paragraph of a metric's documentation that says where it is from.
_SOURCE = "Source: "


@click.group()
def metrics() -> None:
    """The metrics: what predictions are scored by."""


@metrics.command("list")
@json_option
@pass_app
def list_metrics(app: App, as_json_: bool) -> None:
    """List the metrics."""

    def row(item: Owned[MetricSpec]) -> list[str]:
        low, high = item.spec.range
        return [item.spec.name, f"{low:g} to {high:g}", "higher" if item.spec.higher_is_better else "lower"]

    echo_all(app, MetricSpec, as_json_, ("NAME", "RANGE", "BETTER"), row)


@metrics.command("explain", cls=OnceCommand)
@click.argument("name")
@click.option("--labels", default="", metavar="A,B", help="Labels of the signature's label set, separated by commas.")
@click.option("--language", default="", metavar="CODE", help="ISO 639-1 code of the language of the predictions.")
@json_option
@pass_app
def explain(app: App, name: str, labels: str, language: str, as_json_: bool) -> None:
    """Explain the metric NAME: what it reads, its signature, what to compare it with, and where people go wrong."""
    from nlptasks._scoring.metrics import open_metric

    registry = app.plugins().registry
    item = registry.get(MetricSpec, name)
    chosen = check_labels(split_list(labels), cased=True)
    opened = open_metric(registry, item.qualified, labels=chosen, language=language)
    other = open_metric(registry, item.qualified, labels=(*chosen, "another"), language=language)
    shown = _explained(item, opened.metric) | {"by_labels": opened.metric.signature != other.metric.signature}
    if as_json_:
        echo_json(shown)
    else:
        click.echo("\n".join(_lines(shown, item.spec)))


def _explained(item: Owned[MetricSpec], metric: Metric) -> dict[str, Any]:
    """The descriptor, and what only the metric itself can say."""
    paragraphs = _paragraphs(resolve(item.spec.object)) or _paragraphs(type(getattr(metric, "wrapped", metric)))
    return as_json(item) | {
        "signature": metric.signature,
        "interval": _interval(metric, item.spec),
        "parts": hasattr(metric, "parts"),
        "text": [text for text in paragraphs if not text.startswith(_SOURCE)],
        "source": " ".join(text.removeprefix(_SOURCE) for text in paragraphs if text.startswith(_SOURCE)),
    }


def _interval(metric: Metric, spec: MetricSpec) -> str:
    """Which 95 % interval its scores have; see :mod:`nlptasks.statistics.intervals`."""
    if metric.binary:
        return "wilson"
    if getattr(metric, "smooth", None) is False:
        return "none"
    return "wilson-t" if all(math.isfinite(end) for end in spec.range) else "hall-t"


def _paragraphs(documented: object) -> list[str]:
    """The paragraphs of a docstring, each in one line; :func:`inspect.getdoc` also finds that of a base class."""
    import inspect

    text = (inspect.getdoc(documented) or "").replace("``", "`")
    return [" ".join(paragraph.split()) for paragraph in text.split("\n\n") if paragraph.strip()]


def _lines(shown: Mapping[str, Any], spec: MetricSpec) -> Iterator[str]:
    """Yield what is shown as text."""
    low, high = spec.range
    depends = {
        "the label set (--labels)": shown["by_labels"],
        "the language of the predictions (--language)": spec.by_language,
    }
    fields = {
        "from": shown["qualified"],
        "reads": _READS.get(spec.reads, spec.reads),
        "range": f"{_number(low)} to {_number(high)}, {'higher' if spec.higher_is_better else 'lower'} is better",
        "interval": _INTERVALS[shown["interval"]],
        "parts": "a value of each label too" if shown["parts"] else "",
        "signature": shown["signature"],
        "depends on": ", ".join(name for name, does in depends.items() if does),
        "source": shown["source"],
    }
    yield one_line(f"{spec.name}: {spec.summary}")
    for name, value in fields.items():
        if value:
            yield from _wrapped(f"{name}: {value}", "  ", "    ")
    for text in shown["text"]:
        yield ""
        yield from _wrapped(text, "", "")
    for title in ("conventions", "traps"):
        if shown[title]:
            yield from ("", f"{title}:")
        for text in shown[title]:
            yield from _wrapped(text, "  - ", "    ")


def _number(value: float) -> str:
    return f"{value:g}" if math.isfinite(value) else "no end"


def _wrapped(text: str, first: str, others: str) -> list[str]:
    """Text of a plugin in lines that fit a page."""
    import textwrap

    safe = one_line(text, _LONGEST)
    return textwrap.wrap(
        safe, 100, initial_indent=first, subsequent_indent=others, break_long_words=False, break_on_hyphens=False
    )
