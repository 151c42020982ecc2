"""The kinds of cases: each makes a command, and damages a file or a flag of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

import click
from damage import changed, damaged, damaged_as, damaged_json, damaged_json_lines, damaged_keys, json_bytes, value
from judge import PLUGINS, Case, forget
from material import (
    CONFIG,
    EVAL_RESULTS,
    EVERY_EVAL_EVER,
    FORMATS,
    LM_EVAL,
    MODEL_INDEX,
    RECIPE,
    ROWS,
    SUITE,
    TEMPLATE,
    Material,
    below,
    table,
)

FUZZED = ("--head", "fuzzed")

#: What stands behind a flag in place of its value.
ODD = (
    "", "0", "-1", "1", "nan", "NaN", "inf", "-inf", "1e9", "1e-9", "1e400", "99999999999999999999", "2.5", "none",
    "auto", "x" * 300, "x" * 5_000, "é", "e\u0301", "評", "\udcff", "a\udcffb", "a,b", '"a,b', "a=b",
    "=", "a=", "=b", "{text}", "{x}", "{text", "}}", "{}", "text", "label", "id", "../x", "..", ".", "adir", "adir/",
    "afifo", "/dev/null", "/dev/full", "nosuch/x", "no.such", "1MB", "-", "--", "utf-7", "utf-16", "rot13", "idna",
    "\t", "\n", " ", "*", "[", "~", "~nobody/x", "hf:", "hf:a/b", "hf:/", ":", "a:b", "a/b", "a/b/c", "./encoder",
    "./decoder", "./head", "./rec", "bundled", "sentiment.jsonl", "sentiment", "sentiment,qa", "qa=fuzzed", "fuzzed",
    "prompted", "zero-shot", "binary", "length", "meta.id", "meta.x", "accuracy", "en", "xx", "cpu", "cuda",
    "float16", "x.csv", "x.jsonl", "x.parquet", "x.csv.gz", "x.html", "x.exe", "1,2", "0,0", "1..4=a", "4..1=a",
    "1..99999999999=a", "nlptasks:json", "fuzz.toml",
)  # fmt: skip

#: Reference answers as people's tools write them.
ANSWERS = (
    *("['Ada']", "[\"Ada\", 'she']", "{'text': ['Ada'], 'answer_start': [0]}", "array(['Ada'], dtype=object)", "[]"),
    *("{'text': array(['Ada'], dtype=object), 'answer_start': array([0])}", '["Ada"]', "('Ada',)", "[1, 2.5]"),
    *("[None]", "null"),
)


#: The arguments of a command, its files, and the beginnings of the names of those that it may change.
Made = tuple[tuple[str, ...], dict[str, bytes], tuple[str, ...]]


@dataclass(frozen=True)
class Maker:
    """Makes the cases of a kind.

    Args:
        make: Makes one.
        weight: How often, beside the others.
    """

    make: Callable[[Material, Random], Made]
    weight: int = 1


def case_of(material: Material, kind: str, seed: str) -> Case:
    """The case that a seed makes."""
    draw = Random(f"{kind} {seed}")
    args, files, changes = KINDS[kind].make(material, draw)
    args = tuple(arg.replace("\0", "") for arg in args)  # which no command line can hold
    stdin = damaged(table(ROWS["sentiment"], ".jsonl"), draw) if "-" in args else b""
    return Case(kind, seed, args, files, stdin, changes)


def cases(material: Material, seed: int, kinds: Sequence[str]) -> Iterator[Case]:
    """Cases of some kinds in turn, without end."""
    at = 0
    while True:
        for kind in kinds:
            for number in range(KINDS[kind].weight):
                with suppress(RecursionError):  # damaged so deeply that it cannot be written down
                    yield case_of(material, kind, f"{seed}.{at}.{number}")
        at += 1


# ----------------------------------------------------------------------------- data


def _table(draw: Random, task: str, stem: str = "data") -> tuple[str, bytes]:
    suffix = draw.choice(FORMATS)
    rows = [dict(row) for row in ROWS[task]]
    if draw.random() < 0.4:
        rows = _odd_rows(rows, draw)
    try:
        data = table(rows, suffix)
    except (ValueError, TypeError, OverflowError, StopIteration):  # what that format does not hold
        suffix, data = ".jsonl", table(ROWS[task], ".jsonl")
    except Exception:  # what pyarrow does not hold
        suffix, data = ".jsonl", table(ROWS[task], ".jsonl")
    return f"{stem}{suffix}", damaged_as(f"x{suffix}", data, draw) if draw.random() < 0.8 else data


def _odd_rows(rows: list[dict[str, Any]], draw: Random) -> list[dict[str, Any]]:
    """Rows of which a few cells are odd."""
    rows = rows * draw.choice((1, 1, 30))
    for _ in range(draw.choice((1, 2, 5))):
        row = draw.choice(rows)
        row[draw.choice(list(row))] = value(draw)
    return rows


def _reading(draw: Random) -> list[str]:
    """Flags of how a table is read, with odd values."""
    names = (
        "--encoding",
        "--delimiter",
        "--quote",
        "--escape",
        "--max-cell",
        "--format",
        "--gold",
        "--label-map",
        "--text",
    )
    given = [word for _ in range(draw.choice((0, 0, 1, 2))) for word in (draw.choice(names), draw.choice(ODD))]
    return given + [flag for flag in ("--on-error=skip", "--keep-na", "--no-header") if draw.random() < 0.2]


def data(_: Material, draw: Random) -> Made:
    """``nlptasks run`` of a damaged table."""
    task = draw.choice(list(ROWS))
    name, content = _table(draw, task)
    output = f"out{draw.choice(('.csv', '.jsonl', '.parquet', '.txt', '.tsv', '.json', '.csv.gz', ''))}"
    return ("run", task, *FUZZED, "--data", name, "-o", output, *_reading(draw)), {name: content}, ()


def evaluation(_: Material, draw: Random) -> Made:
    """``nlptasks eval`` of a damaged table."""
    task = draw.choice(list(ROWS))
    name, content = _table(draw, task)
    more = draw.choice(
        ((), ("--withhold-texts",), ("--slice", "length,label"), ("--cluster", "id"), ("--language", "zh"))
    )
    return ("eval", task, *FUZZED, "--data", name, "-o", "rec", *more, *_reading(draw)), {name: content}, ()


def journal(material: Material, draw: Random) -> Made:
    """An evaluation that goes on from a damaged journal."""
    kind = draw.choice((damaged, damaged_json_lines))
    files = {"sentiment.jsonl": table(ROWS["sentiment"], ".jsonl"), "rec.journal.jsonl": kind(material.journal, draw)}
    restart = ("--restart",) if draw.random() < 0.1 else ()
    args = ("eval", "sentiment", *FUZZED, "--data", "sentiment.jsonl", "-o", "rec", *restart)
    return args, files, ("rec.journal",)


def references(_: Material, draw: Random) -> Made:
    """Reference answers as people's tools write them, damaged."""
    task = draw.choice(("qa", "translation"))
    gold = "answers" if task == "qa" else "target"

    def answer() -> str:
        return damaged(draw.choice(ANSWERS).encode(), draw).decode("utf-8", "replace")[:9_000]

    rows = [{**row, gold: answer()} for row in ROWS[task]]
    suffix = draw.choice((".csv", ".jsonl"))
    return ("eval", task, *FUZZED, "--data", f"d{suffix}", "-o", "rec"), {f"d{suffix}": table(rows, suffix)}, ()


def predictions(_: Material, draw: Random) -> Made:
    """``nlptasks rescore`` of a damaged file of predictions, alone or beside data."""
    task = draw.choice(list(ROWS))
    rows = [dict(row) for row in ROWS[task]]
    for row in rows:
        row |= {"prediction": list(row.values())[-1], "score": 0.5, "nll": 1.25}
    name, gold = f"pred{draw.choice(('.csv', '.jsonl', '.tsv', '.json', '.parquet'))}", f"{task}.jsonl"
    files = {name: damaged_as(name, table(rows, name[4:]), draw), gold: table(ROWS[task], ".jsonl")}
    more = draw.choice(
        ((), ("--data", gold), ("--data", gold, "--partial"), ("-o", "rec"), ("--score-column", "score"))
    )
    return ("rescore", name, "--task", task, *more, *_reading(draw)), files, ()


def labels(_: Material, draw: Random) -> Made:
    """Labels and maps of labels, damaged."""

    def words(text: bytes) -> str:
        return damaged(text, draw).decode("utf-8", "surrogateescape")[:2_000]

    flags = draw.choice(
        (("--labels", b"negative,positive"), ("--label-map", b"1..3=negative,4=positive,good=positive"))
    )
    name, content = "d.csv", table(ROWS["classification"], ".csv")
    args = ("eval", "classification", *FUZZED, "--data", name, "-o", "rec", flags[0], words(flags[1]))
    return args, {name: content}, ()


# -------------------------------------------------------------------- files of settings


def suite(_: Material, draw: Random) -> Made:
    """A damaged benchmark, or one whose data are."""
    files = {f"{task}.jsonl": table(ROWS[task], ".jsonl") for task in ("sentiment", "qa")}
    files["suite.yaml"] = damaged_keys(SUITE, draw) if draw.random() < 0.8 else SUITE
    if files["suite.yaml"] == SUITE:
        files["qa.jsonl"] = damaged_json_lines(files["qa.jsonl"], draw)
    task = draw.choice(("sentiment", "qa"))
    commands = (
        ("eval", task, *FUZZED, "--suite", "suite.yaml", "-o", "rec"),
        ("benchmark", "show", "suite.yaml"),
        ("rescore", "qa.jsonl", "--task", "qa", "--suite", "suite.yaml", "--dataset", "notes"),
    )
    return draw.choice(commands), files, ()


def recipe(_: Material, draw: Random) -> Made:
    """A damaged recipe. Its backbone is not there, so that nothing is trained."""
    files = {"sentiment.jsonl": table(ROWS["sentiment"], ".jsonl"), "recipe.toml": damaged_keys(RECIPE, draw)}
    return ("train", "--recipe", "recipe.toml", "-o", "trained"), files, ()


def config(_: Material, draw: Random) -> Made:
    """A damaged configuration file."""
    files = {"sentiment.jsonl": table(ROWS["sentiment"], ".jsonl"), "fuzz.toml": damaged_keys(CONFIG, draw)}
    commands = (
        ("run", "sentiment", *FUZZED, "--data", "sentiment.jsonl", "-o", "out.csv"),
        ("eval", "sentiment", *FUZZED, "--data", "sentiment.jsonl", "-o", "rec"),
        ("plugins", "list"),
    )
    return ("--config", "fuzz.toml", *draw.choice(commands)), files, ()


def template(material: Material, draw: Random) -> Made:
    """A damaged template of a prompt, or damaged examples for one."""
    files = below("decoder", material.checkpoints["decoder"])
    files |= {"sentiment.jsonl": table(ROWS["sentiment"][:2], ".jsonl"), "prompt.toml": TEMPLATE}
    name, content = _table(draw, "sentiment", "shots")
    files[name] = content
    if draw.random() < 0.7:
        files["prompt.toml"] = damaged_keys(TEMPLATE, draw)
    shots = ("--examples", name) if files["prompt.toml"] == TEMPLATE else ()
    head = ("--backbone", "./decoder", "--head", "prompted", "--template", "prompt.toml", *shots)
    return ("run", "sentiment", *head, "--data", "sentiment.jsonl", "-o", "out.csv"), files, ()


# ----------------------------------------------------------------------------- results


def record(material: Material, draw: Random) -> Made:
    """A record of which a file is damaged; sometimes its id and digests are made to fit."""
    task = draw.choice(list(material.records))
    content = dict(material.records[task])
    hit = draw.choice(sorted(content))
    content[hit] = damaged_as(hit, content[hit], draw)
    if draw.random() < 0.7:
        content["record.json"] = _fitting(content)
    files = below("rec", content) | below("other", material.records[task])
    files |= {f"{name}.jsonl": table(rows, ".jsonl") for name, rows in ROWS.items()}
    commands = (
        *(("verify", "rec"), ("rescore", "rec"), ("slice", "rec", "--by", draw.choice(("length", "label", "meta.x")))),
        *(
            ("errors", "rec"),
            ("errors", "rec", "-o", "out.html"),
            ("compare", "rec", "other"),
            ("compare", "other", "rec"),
        ),
        *(
            ("leaderboard", "check", "."),
            ("leaderboard", "build", "."),
            ("leaderboard", "build", ".", "-o", "out.html"),
        ),
        *(("leaderboard", "build", ".", "-o", "out.json", "--min-trust", "V0"), ("rescore", "rec", "-o", "new")),
        *(("export", "rec", "--to", form, "-o", "out") for form in material.exports),
        ("eval", task, *FUZZED, "--data", f"{task}.jsonl", "-o", "rec"),
        ("verify", "rec", "--rerun", "2", "--head", "fuzzed"),
    )
    return draw.choice(commands), files, ("rec",)


def _fitting(content: Mapping[str, bytes]) -> bytes:
    """The ``record.json`` whose id and digest are those of what lies beside it, where that can be."""
    import gzip

    from pydantic import TypeAdapter

    from nlptasks.records.schema import Record

    try:
        tree = json.loads(content["record.json"])
        tree["digests"]["samples"] = hashlib.sha256(gzip.decompress(content["samples.jsonl.gz"])).hexdigest()
        fields = {name: item for name, item in tree.items() if name not in ("schema", "version", "id")}
        tree["id"] = TypeAdapter(Record).validate_python(fields).id
        return json_bytes(tree)
    except Exception:  # it is damaged past mending, which is a case too
        return content["record.json"]


def exchange(material: Material, draw: Random) -> Made:
    """A damaged result of another tool, or of an export of ours."""
    form = draw.choice(list(material.exports))
    foreign = {
        "lm-eval": json_bytes(LM_EVAL),
        "every-eval-ever": json_bytes(EVERY_EVAL_EVER),
        "model-index": MODEL_INDEX,
        "eval-results": EVAL_RESULTS,
    }
    content = draw.choice((foreign, material.exports))[form]
    content = (damaged_json if form in ("lm-eval", "every-eval-ever") else damaged_keys)(content, draw)
    model = ("--model", "m") if form == "eval-results" or draw.random() < 0.2 else ()
    return ("import", "theirs", "--from", form, "-o", "rec", *model), {"theirs": content}, ()


def board(material: Material, draw: Random) -> Made:
    """A damaged leaderboard beside one in order."""
    files = {"old.json": material.board, "new.json": damaged_json(material.board, draw)}
    pair = draw.choice((("old.json", "new.json"), ("new.json", "old.json")))
    return ("leaderboard", "diff", *pair, *draw.choice(((), ("--json",)))), files, ()


# ----------------------------------------------------------------------------- weights


def head(material: Material, draw: Random) -> Made:
    """A trained head of which a file is damaged."""
    content = dict(material.head)
    hit = draw.choice(sorted(content))
    content[hit] = damaged_as(hit, content[hit], draw)
    files = below("head", content) | below("encoder", material.checkpoints["encoder"])
    files["sentiment.jsonl"] = table(ROWS["sentiment"], ".jsonl")
    return ("run", "classification", "--head", "./head", "--data", "sentiment.jsonl", "-o", "out.csv"), files, ()


def checkpoint(material: Material, draw: Random) -> Made:
    """A checkpoint of which a file is damaged."""
    kind = draw.choice(list(material.checkpoints))
    content = dict(material.checkpoints[kind])
    hit = draw.choice(sorted(content))
    if hit.endswith(".json") and draw.random() < 0.7:
        content[hit] = json_bytes(changed(json.loads(content[hit]), draw))
    else:
        content[hit] = damaged_as(hit, content[hit], draw)
    files = {"sentiment.jsonl": table(ROWS["sentiment"], ".jsonl"), **below(kind, content)}
    use = {
        "encoder": ("classification", "--head", "zero-shot", "--labels", "a,b"),
        "decoder": ("sentiment", "--head", "prompted"),
    }
    commands = (
        ("run", *use[kind], "--backbone", f"./{kind}", "--data", "sentiment.jsonl", "-o", "out.csv"),
        ("backbones", "show", f"./{kind}"),
    )
    return draw.choice(commands), files, ()


# ------------------------------------------------------------------------------- flags


#: What is in order, behind each command.
USUAL: Mapping[tuple[str, ...], list[str]] = {
    **{("run", task): [*FUZZED, "--data", f"{task}.jsonl", "-o", "out.csv"] for task in ROWS},
    **{("eval", task): [*FUZZED, "--data", f"{task}.jsonl", "-o", "new"] for task in ROWS},
    **{("train", task): ["--data", f"{task}.jsonl", "-o", "new", "--backbone", "./encoder"] for task in ROWS},
    ("rescore",): ["rec"],
    ("compare",): ["rec", "other"],
    ("slice",): ["rec"],
    ("errors",): ["rec"],
    ("verify",): ["rec"],
    ("benchmark", "show"): ["smoke"],
    ("leaderboard", "build"): ["."],
    ("leaderboard", "check"): ["."],
    ("leaderboard", "diff"): ["board.json", "board.json"],
    ("export",): ["rec", "--to", "lm-eval", "-o", "out"],
    ("import",): ["lm.json", "--from", "lm-eval", "-o", "new"],
    ("backbones", "show"): ["bundled"],
    ("metrics", "explain"): ["accuracy"],
    ("plugins", "show"): ["qa"],
    ("plugins", "new"): ["acme"],
    ("tasks", "list"): [],
    ("heads", "list"): [],
    ("plugins", "list"): [],
}


def flags(material: Material, draw: Random) -> Made:
    """Any command with odd values behind its flags, and odd arguments."""
    command, args = draw.choice(list(USUAL.items()))
    args = list(args)
    if draw.random() < 0.25 and args:
        args[draw.randrange(len(args))] = draw.choice(ODD)
    for _ in range(draw.choice((0, 1, 1, 2, 3))):
        name, takes = draw.choice(_flags_of(command))
        args += [name, draw.choice(ODD)] if takes else [name]
    files = below("rec", material.records["sentiment"]) | below("other", material.records["sentiment"])
    files |= {f"{task}.jsonl": table(rows, ".jsonl") for task, rows in ROWS.items()}
    files |= {"board.json": material.board, "lm.json": json_bytes(LM_EVAL), "fuzz.toml": CONFIG}
    if any("encoder" in arg or "head" in arg for arg in args):
        files |= below("encoder", material.checkpoints["encoder"]) | below("head", material.head)
    if any("decoder" in arg for arg in args):
        files |= below("decoder", material.checkpoints["decoder"])
    before = draw.choice(((), (), (), (), ("--config", draw.choice(ODD)), ("--strict",), ("--no-plugins",)))
    replaced = {"-f", "--force", "--restart"} & set(args)
    return (*before, *command, *args), files, ("",) if replaced else ("rec.journal", "new.journal")


@cache
def _flags_of(command: tuple[str, ...]) -> list[tuple[str, bool]]:
    """The flags of a command, each with whether a value follows it."""
    from nlptasks._cli.app import App
    from nlptasks._cli.main import cli

    forget()
    context = click.Context(cli, info_name="nlptasks")
    context.obj = App(plugins_dir=PLUGINS)
    found: Any = cli
    for name in command:
        found = found.get_command(context, name)
        context = click.Context(found, parent=context, info_name=name)
    options = [param for param in found.params if isinstance(param, click.Option)]
    listed = [(name, not param.is_flag) for param in options for name in (*param.opts, *param.secondary_opts)]
    return [*listed, ("--nosuch", True), ("--help", False)]


KINDS: Mapping[str, Maker] = {
    "data": Maker(data, 6),
    "evaluation": Maker(evaluation, 4),
    "journal": Maker(journal, 2),
    "references": Maker(references, 2),
    "predictions": Maker(predictions, 4),
    "labels": Maker(labels, 2),
    "suite": Maker(suite, 3),
    "recipe": Maker(recipe, 2),
    "config": Maker(config, 3),
    "template": Maker(template),
    "record": Maker(record, 6),
    "exchange": Maker(exchange, 4),
    "board": Maker(board),
    "head": Maker(head),
    "checkpoint": Maker(checkpoint),
    "flags": Maker(flags, 10),
}
