"""Question answering: which piece of a context answers a question?"""

from __future__ import annotations

from nlptasks.plugin import Column, TaskSpec

SPEC = TaskSpec(
    name="qa",
    summary="which piece of a text answers a question?",
    aliases=("question-answering",),
    inputs=(
        Column(name="question", aliases=("query",), summary="the question"),
        Column(
            name="context",
            aliases=("passage", "paragraph", "document", "text", "article"),
            summary="the text that holds the answer",
        ),
    ),
    gold=Column(
        name="answers",
        aliases=("answer", "gold"),
        summary="the reference answer, or SQuAD's {text: [...], answer_start: [...]}",
    ),
    prediction="nlptasks.plugin.predictions:Span",
    output="answer",
    metrics=("exact-match", "squad-f1"),
    primary="squad-f1",
    recorded=("coverage", "truncation"),
    baseline="nlptasks_tasks.baselines:first_sentence",
    examples=(
        {
            "question": "Where was the tower built?",
            "context": "The iron tower was built in Paris for the fair of 1889.",
            "answers": "Paris",
        },
        {
            "question": "Who keeps the light?",
            "context": "Two sisters keep the light on the northern rock, and a boat brings them bread.",
            "answers": "Two sisters",
        },
    ),
    read_gold="nlptasks_tasks.qa_gold:read_gold",
)
