"""Options of the generating head, apart from it so that they can be shown without loading it."""

from __future__ import annotations

from dataclasses import dataclass, field

from nlptasks.errors import UsageError

#: Temperature where the user gives none: samples near the probable, which small decoders need to not go in circles.
USUAL_TEMPERATURE = 0.8

#: Probability of the tokens to sample from, where the user gives none.
USUAL_TOP_P = 0.95


@dataclass(frozen=True)
class GenerationOptions:
    """Options of the generating head.

    Args:
        max_new_tokens: Most tokens of a continuation; 0: nothing is written, and gold texts are scored only.
        temperature: Divides the logits before a token is sampled; 0: the most probable token each time. ``None``: 0
            with beams, else 0.8.
        top_p: Tokens are sampled from the smallest set with this much probability.
        seed: Seeds the sampling: the same seed gives the same text, in whatever order the rows stand.
        num_samples: Continuations that are sampled for each prompt, a column each.
        stop: Texts at which a continuation ends; the first that occurs is cut off with all behind it.
        beams: Beams of beam search.
        no_repeat: Size of the n-grams of tokens that may not occur twice in a continuation; 0: all may.

    Raises:
        UsageError: Options do not go together.
    """

    max_new_tokens: int = field(
        default=64, metadata={"help": "most tokens of a continuation (0: only score the gold texts)", "min": 0}
    )
    temperature: float | None = field(
        default=None,
        metadata={
            "help": f"below 1 keeps samples near the probable; 0 samples nothing (left out: {USUAL_TEMPERATURE}; with "
            "--beams: 0)",
            "min": 0.0,
            "max": 100.0,
        },
    )
    top_p: float = field(
        default=USUAL_TOP_P,
        metadata={"help": "sample from the likeliest tokens with this much probability", "above": 0, "max": 1.0},
    )
    seed: int = field(default=0, metadata={"help": "seeds the sampling", "min": 0})
    num_samples: int = field(
        default=1, metadata={"help": "continuations of each prompt, a column each", "min": 1, "max": 1_000}
    )
    stop: tuple[str, ...] = field(
        default=(), metadata={"help": r"end a continuation before these texts, for example \n"}
    )
    beams: int = field(default=1, metadata={"help": "beams of beam search", "min": 1, "max": 64})
    no_repeat: int = field(
        default=0, metadata={"help": "no n-gram of so many tokens twice in a continuation (0: all may)", "min": 0}
    )

    def __post_init__(self) -> None:
        if self.beams > 1 and self.temperature:
            raise UsageError(
                f"--beams {self.beams} samples nothing, so that --temperature {self.temperature} has no meaning",
                hint="leave one of the two out",
            )
        if self.num_samples > 1 and not self.sampled_at:
            raise UsageError(
                f"--num-samples {self.num_samples} would all be the same: nothing is sampled here",
                hint="leave out --beams and --temperature 0, or --num-samples",
            )
        if self.top_p <= 0:
            raise UsageError(f"--top-p: {self.top_p} leaves no token to sample", hint="give a number above 0, up to 1")
        if self.top_p != USUAL_TOP_P and not self.sampled_at:
            raise UsageError(
                f"--top-p {self.top_p} has no effect: nothing is sampled here",
                hint="leave it out, or leave out --beams and --temperature 0",
            )
        if "" in self.stop:
            raise UsageError("--stop: an empty text would end every continuation", hint=r"for example --stop '\n'")

    @property
    def sampled_at(self) -> float:
        """The temperature; 0: nothing is sampled."""
        if self.temperature is not None:
            return self.temperature
        return 0.0 if self.beams > 1 else USUAL_TEMPERATURE

    @property
    def more_suffixes(self) -> tuple[str, ...]:
        """A column for each further sample."""
        return tuple(f"_{number}" for number in range(2, self.num_samples + 1))
