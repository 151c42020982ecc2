"""The settings of predictions that stand in a file. Apart from the other groups, since few commands need them."""

from __future__ import annotations

from dataclasses import dataclass

from nlptasks.plugin.options import setting


@dataclass(frozen=True, kw_only=True)
class PredictionSource:
    """Predictions of some system that stand in a table, and what they are predictions of."""

    task: str = setting("", "The task that the predictions are for; see 'nlptasks tasks list'.", metavar="TASK")
    prediction: str = setting("", "Column of predictions.", metavar="COLUMN", default_text="by its name")
    score_column: str = setting(
        "", "Column with the predictions' probabilities.", metavar="COLUMN", default_text="PREDICTION_score"
    )
    nll_column: str = setting(
        "",
        "Column with the negative log-likelihood of each gold text in nats.",
        flag="nll-column",
        metavar="COLUMN",
        default_text="nll",
    )
    by_order: bool = setting(False, "Join with --data by the order of the rows, where one of the files has no ids.")
    filter: str = setting(
        "", "Whose responses count in samples of lm-evaluation-harness.", metavar="NAME", default_text="the only one"
    )
    labels: tuple[str, ...] = setting((), "The closed set of labels.", metavar="A,B,...", default_text="the gold ones")
    partial: bool = setting(False, "Score though predictions are missing, surplus or repeated, and mark the record.")
