"""Opens metrics by name, and says what each of them reads of a sample."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nlptasks._plugins.guard import Guarded, load_object, plugin_errors
from nlptasks._plugins.registry import Owned, Registry
from nlptasks._plugins.versions import owner_of
from nlptasks.errors import PluginError
from nlptasks.plugin import LIKELIHOOD, PREDICTION, PROBABILITIES, STATE, MetricSpec, TaskSpec
from nlptasks.plugin.protocols import Metric
from nlptasks.records.canonical import canonical
from nlptasks.records.schema import METRIC, Matrices, Sample

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class OpenMetric:
    """A metric that is ready to score.

    Args:
        spec: Its descriptor.
        metric: The metric.
    """

    spec: MetricSpec
    metric: Metric

    @property
    def reads(self) -> str:
        """What it reads; see :class:`nlptasks.plugin.MetricSpec`."""
        return self.spec.reads

    @property
    def counts(self) -> Callable[[str], bool] | None:
        """Whether an example with a gold answer counts; ``None``: every one does."""
        found: Callable[[str], bool] | None = getattr(self.metric, "counts", None)
        return found

    def reading(self, sample: Sample) -> str | None:
        """What it reads of a sample; ``None`` where the sample does not have that, or the metric does not count it."""
        if self.counts is not None and not self.counts(sample.gold):
            return None
        if self.reads == LIKELIHOOD:
            return None if sample.nll is None else repr(sample.nll)
        if self.reads == PROBABILITIES:
            return None if sample.probabilities is None else canonical(dict(sample.probabilities))
        if self.reads == STATE:
            return " ".join(sample.flags)
        return sample.prediction or ""


def open_metric(
    registry: Registry, name: str, *, labels: tuple[str, ...], language: str = "", task: str = ""
) -> OpenMetric:
    """Open a metric; importing it takes a while.

    Args:
        registry: What is installed.
        name: Its name.
        labels: The closed set of them; empty: none.
        language: ISO 639-1 code of the language of the predictions; empty: not known.
        task: The task that is scored: where several distributions have the metric, its own comes first.

    Raises:
        UsageError: There is no such metric, or there are several and it is not clear which is meant.
        PluginError: Its code failed.
    """
    item = metric_of(registry, name, task)
    what = f"the metric {item.qualified}"
    make: Callable[..., Metric] = load_object(what, item.spec.object)
    more: dict[str, Any] = {"language": language} if item.spec.by_language else {}
    with plugin_errors(what):
        made = make(labels, **more)
    guarded: Any = Guarded(what, made)
    return OpenMetric(item.spec, guarded)


def metric_of(registry: Registry, name: str, task: str = "") -> Owned[MetricSpec]:
    """The metric that a name means for a task; see :func:`open_metric`."""
    near = registry.owners(TaskSpec, task) if task else ()
    return registry.get(MetricSpec, name, near=near)


def owners_of_metrics(registry: Registry, names: Iterable[str], task: str) -> dict[str, str]:
    """What records say of the plugins of metrics that score a task, by their roles; of those that are installed."""
    installed = (name for name in names if registry.has(MetricSpec, name))
    return {f"{METRIC}{name}": owner_of(metric_of(registry, name, task)) for name in installed}


def open_metrics(
    registry: Registry, names: Iterable[str], *, labels: tuple[str, ...], language: str = "", task: str = ""
) -> dict[str, OpenMetric]:
    """Open those of some metrics that are installed: a missing metrics plugin costs scores and never a run.

    Raises:
        UsageError: Several distributions have one of them, and it is not clear which is meant.
        PluginError: The code of one failed.
    """
    return {
        name: open_metric(registry, name, labels=labels, language=language, task=task)
        for name in names
        if registry.has(MetricSpec, name)
    }


def counting(metrics: Iterable[OpenMetric]) -> Callable[[str], bool | None]:
    """Whether an example with a gold answer, or with an empty one, counts in some metric; ``None``: none says."""
    told = [item.counts for item in metrics if item.reads == PREDICTION and item.counts is not None]
    return lambda gold: any(counts(gold) for counts in told) if told else None


def refused(metrics: Iterable[OpenMetric], golds: Iterable[str]) -> dict[str, tuple[str, str]]:
    """The first gold answer that each metric finds nothing in, and why, by the metric's name."""
    distinct = tuple(dict.fromkeys(golds))
    found = {}
    for item in metrics:
        refusal: Callable[[str], str] | None = getattr(item.metric, "refusal", None)
        if refusal is not None and item.reads == PREDICTION:
            told = next(((gold, reason) for gold in distinct if (reason := refusal(gold))), None)
            if told:
                found[item.spec.name] = told
    return found


def remarks(metrics: Iterable[OpenMetric], golds: Sequence[str]) -> tuple[str, ...]:
    """What metrics say of all gold answers together, a line each."""
    found = []
    for item in metrics:
        remark: Callable[[Sequence[str]], str] | None = getattr(item.metric, "remark", None)
        if remark is not None and item.reads == PREDICTION and (told := remark(golds)):
            found.append(f"{item.spec.name}: {told}")
    return tuple(found)


def matrices(metrics: dict[str, OpenMetric], samples: Sequence[Sample]) -> Matrices:
    """The statistics matrix of each metric, a row a sample; zeros where it cannot read one.

    A metric that can read no sample is left out.
    """
    import numpy as np

    found = {}
    for name, item in metrics.items():
        readings = [item.reading(sample) for sample in samples]
        at = [row for row, reading in enumerate(readings) if reading is not None]
        if at:
            stats = _stats(item, [readings[row] or "" for row in at], [samples[row].gold for row in at])
            matrix = np.zeros((len(samples), stats.shape[1]))
            matrix[at] = stats
            found[name] = matrix
    return found


def _stats(item: OpenMetric, readings: Sequence[str], golds: Sequence[str]) -> NDArray[np.float64]:
    """A metric's statistics, checked: it may be anybody's."""
    import numpy as np

    found = item.metric.stats(readings, golds)
    if not isinstance(found, np.ndarray) or found.ndim != 2 or len(found) != len(golds):
        shape = f"an array of shape {found.shape}" if isinstance(found, np.ndarray) else f"a {type(found).__name__}"
        raise PluginError(
            f"the metric {item.spec.name!r} gave {shape} for {len(golds)} examples; it must be [examples, k]",
            hint="tell its author; 'nlptasks metrics list' shows whose it is",
        )
    return found


def readable(item: OpenMetric, samples: Sequence[Sample]) -> int:
    """How many samples a metric can read."""
    return sum(item.reading(sample) is not None for sample in samples)
