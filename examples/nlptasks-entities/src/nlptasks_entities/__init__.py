"""What this plugin brings. Imported at every start of nlptasks: keep it light."""

from __future__ import annotations

from nlptasks.plugin import ENCODE, Column, FormatSpec, HeadSpec, MetricSpec, TaskSpec, hookimpl

from .options import ConllOptions, TaggerOptions

#: The types of CoNLL-2003, each of which has an F1 of its own. The other metrics take any types.
TYPES = ("LOC", "MISC", "ORG", "PER")

_CONVENTIONS = (
    "An entity is right where its type, its first and its last character are: IOB2, strict, as seqeval has it.",
    "Counted over all rows together (micro).",
)

TASK = TaskSpec(
    name="entities",
    summary="which people, places and other things does a text name?",
    aliases=("ner", "named-entities"),
    inputs=(Column(name="text", aliases=("sentence", "content"), summary="the text"),),
    gold=Column(
        name="entities",
        aliases=("spans", "ner"),
        summary='a list of {"start": 0, "end": 6, "type": "LOC"}, offsets in characters, or of [0, 6, "LOC"]',
    ),
    prediction="nlptasks_entities.prediction:Entities",
    output="found_entities",
    metrics=("entity-f1", "entity-precision", "entity-recall"),
    primary="entity-f1",
    recorded=tuple(f"entity-f1-{kind.lower()}" for kind in TYPES),
    baseline="nlptasks_entities.prediction:no_entities",
    read_gold="nlptasks_entities.gold:read_gold",
    examples=(
        {
            "text": "Ada Marlow moved from Lisbon to the Harbour Trust .",
            "entities": '[[0, 10, "PER"], [22, 28, "LOC"], [36, 49, "ORG"]]',
        },
        {"text": "The Danish ferry was late .", "entities": '[{"start": 4, "end": 10, "type": "MISC"}]'},
        {"text": "It rained all day .", "entities": "[]"},
    ),
)


@hookimpl
def nlptasks_tasks() -> list[TaskSpec]:
    return [TASK]


@hookimpl
def nlptasks_metrics() -> list[MetricSpec]:
    wholes = {
        "f1": "harmonic mean of entity precision and recall",
        "precision": "proportion of the entities found that are right",
        "recall": "proportion of the gold entities that are found",
    }
    found = {f"entity-{name}": (summary, f"nlptasks_entities.metrics:{name}") for name, summary in wholes.items()}
    for kind in TYPES:
        name = f"f1_{kind.lower()}"
        found[f"entity-{name.replace('_', '-')}"] = (
            f"F1 of the entities of type {kind}",
            f"nlptasks_entities.metrics:{name}",
        )
    return [
        MetricSpec(
            name=name,
            summary=summary,
            object=path,
            conventions=_CONVENTIONS,
            traps=(
                "Half an entity is as wrong as none, and counts twice: as one too many and as one that is missing.",
            ),
        )
        for name, (summary, path) in found.items()
    ]


@hookimpl
def nlptasks_formats() -> list[FormatSpec]:
    return [
        FormatSpec(
            name="conll",
            summary="a token a line with its BIO tag, a blank line behind each sentence",
            suffixes=(".conll",),
            object="nlptasks_entities.conll:Conll",
            options=ConllOptions,
            example="Ada B-PER\nMarlow I-PER\nsails O\n. O\n\nLisbon B-LOC\nwaits O\n\n",
        )
    ]


@hookimpl
def nlptasks_heads() -> list[HeadSpec]:
    return [
        HeadSpec(
            name="tagger",
            task="entities",
            summary="a tag of each word by one linear layer on the encoder's states; to be trained",
            object="nlptasks_entities.head:open_head",
            needs=frozenset({ENCODE}),
            options=TaggerOptions,
            default=True,
            trainer="nlptasks_entities.training:train",
        )
    ]
