"""The commands of nlptasks itself: a start knows them without loading a plugin; the plugin ``commands`` brings them."""

from __future__ import annotations

from nlptasks._cli.lazy import Commands

COMMANDS: Commands = {
    "run": ("nlptasks._cli.commands.run:run", "Predict for the rows of a file; score where it has gold."),
    "runs": ("nlptasks._cli.commands.runs:runs", "List and remove what is kept of runs that were stopped."),
    "eval": ("nlptasks._cli.commands.eval:evaluate", "Evaluate on a file or a benchmark, and keep a record."),
    "rescore": ("nlptasks._cli.commands.rescore:rescore", "Score a record, or anybody's predictions, anew."),
    "compare": ("nlptasks._cli.commands.compare:compare", "Compare records: differences, intervals and paired tests."),
    "slice": ("nlptasks._cli.commands.slice:slice_", "Score the parts of records."),
    "errors": ("nlptasks._cli.commands.errors:errors", "Show what records got wrong."),
    "verify": ("nlptasks._cli.commands.verify:verify", "Check that records are what they say."),
    "benchmark": ("nlptasks._cli.commands.benchmark:benchmark", "List and show the benchmarks."),
    "leaderboard": ("nlptasks._cli.leaderboard.group:leaderboard", "Build, check and compare leaderboards."),
    "export": ("nlptasks._cli.commands.export:export", "Write records in other tools' formats."),
    "import": ("nlptasks._cli.commands.import_:import_", "Make records of other tools' results."),
    "train": ("nlptasks._cli.commands.train:train", "Train a head on a frozen backbone, or a backbone by a recipe."),
    "tasks": ("nlptasks._cli.commands.listings:tasks", "List the tasks."),
    "heads": ("nlptasks._cli.commands.listings:heads", "List what solves the tasks."),
    "backbones": ("nlptasks._cli.commands.listings:backbones", "List and show the backbones."),
    "metrics": ("nlptasks._cli.commands.metrics:metrics", "List and explain the metrics."),
    "formats": ("nlptasks._cli.commands.listings:formats", "List the file formats."),
    "engines": ("nlptasks._cli.commands.listings:engines", "List where rows can be predicted."),
    "completion": (
        "nlptasks._cli.commands.completion:completion",
        "Print what makes a shell complete commands.",
    ),
    "plugins": ("nlptasks._cli.plugins.group:plugins", "List, show, check, write, install and remove plugins."),
}
