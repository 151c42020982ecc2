"""Generation: carry a text on."""

from __future__ import annotations

from nlptasks.plugin import Column, TaskSpec

SPEC = TaskSpec(
    name="generation",
    summary="carry a text on",
    inputs=(
        Column(
            name="prompt",
            aliases=("text", "input", "instruction", "query"),
            summary="the text to carry on",
            optional=True,  # the probability of a whole text is that behind no prompt
        ),
    ),
    gold=Column(
        name="continuation",
        aliases=("completion", "output", "response", "gold"),
        summary="the text that really follows",
    ),
    prediction="nlptasks.plugin.predictions:Text",
    output="generation",
    metrics=("bits-per-byte", "distinct-2"),
    primary="bits-per-byte",
    recorded=("perplexity", "distinct-1", "repetition"),
    baseline="nlptasks_tasks.baselines:nothing",
    examples=(
        {"prompt": "Once upon a time there was a fisherman who", "continuation": " lived by the sea."},
        {"prompt": "The film was", "continuation": " much longer than it needed to be."},
    ),
)
