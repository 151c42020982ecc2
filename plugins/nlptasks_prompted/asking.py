"""What the prompted heads share: a speaker, a template filled in, and prompts that fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nlptasks.errors import UsageError
from nlptasks.plugin.protocols import Example, HeadContext

from .options import PromptOptions
from .prompt import Prompt, Prompting, fitted
from .shots import read_shots
from .speaker import speaker_of
from .templates import load


class Asking:
    """Prompts for a task's rows.

    Args:
        context: What the head is opened with.
        options: Its options.
        values: What placeholders beside the columns stand for.

    Raises:
        UsageError: The template or the examples are not what they should be, or the backbone cannot be asked.
        DataError: The file with examples cannot be read.
    """

    def __init__(self, context: HeadContext, options: PromptOptions, values: Mapping[str, str]) -> None:
        self._columns = [column.name for column in context.task.inputs]
        self._name = context.backbone.name
        self.speaker = speaker_of(context.backbone)
        self.template = load(options.template, context.task.name, self._columns, list(values))
        if options.examples:
            shots = read_shots(options.examples, context.task, options.shots)
        else:
            shots = self.template.examples[: options.shots]
        self._prompting = Prompting(self.template, values, shots, self.speaker.guard)

    @property
    def shots(self) -> Sequence[Mapping[str, str]]:
        """The rows with gold that are shown."""
        return self._prompting.shots

    def check_room(self, room: int) -> int:
        """Return ``room``, the most tokens of a prompt, if a prompt of empty texts fits.

        Raises:
            UsageError: It does not.
        """
        needed = self.speaker.size(self._prompting.prompt(dict.fromkeys(self._columns, ""), 0))
        if needed < room:
            return room
        raise UsageError(
            f"the template alone takes {needed:,} tokens, and '{self._name}' reads at most {room:,} before it writes",
            hint="shorten it, ask for less with --max-new-tokens or --labels, or take a model that reads more",
        )

    def fitted(self, example: Example, room: int) -> tuple[Prompt, int]:
        """The prompt for an example, and how many tokens of its texts were cut off."""
        inputs = {name: example.inputs[name] for name in self._columns}
        return fitted(self._prompting, inputs, self.speaker.size, room)
