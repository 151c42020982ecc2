"""Settles how a model writes: the model's own settings, a pipeline's, a task's and a call's, laid over each other.

transformers 5 lays them differently than 4.57 did, and a pipeline has to write what it wrote there. The order, the
later over the earlier:

1. what :data:`UNSET` says;
2. the model's own (``generation_config.json``);
3. the pipeline's defaults, but only those that differ from (1): a pipeline that searches with four beams does so
   whatever the model says;
4. the arguments of the opening. Where the model has a length of its own, the pipeline's default length gives way;
5. those for the task in the model's ``task_specific_params``;
6. the model's own again in place of each value that (1) has too, unless they were saved by a version before 4.50. So an
   argument of the opening that equals (1), for example ``num_beams=1``, does not reach a model that says otherwise;
7. the arguments of the call.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from nlptasks.errors import UsageError
from nlptasks_hub.pipelines.errors import InputError

from .unheeded import BEAMS, SAMPLING, overridden, unheeded

#: What transformers 4.57 generated with where nothing was set; all other settings were ``None``.
UNSET: Mapping[str, Any] = {
    "assistant_confidence_threshold": 0.4,
    "assistant_lookbehind": 10,
    "disable_compile": False,
    "diversity_penalty": 0.0,
    "do_sample": False,
    "early_stopping": False,
    "encoder_no_repeat_ngram_size": 0,
    "encoder_repetition_penalty": 1.0,
    "epsilon_cutoff": 0.0,
    "eta_cutoff": 0.0,
    "is_assistant": False,
    "length_penalty": 1.0,
    "max_length": 20,
    "min_length": 0,
    "no_repeat_ngram_size": 0,
    "num_assistant_tokens": 20,
    "num_assistant_tokens_schedule": "constant",
    "num_beam_groups": 1,
    "num_beams": 1,
    "num_return_sequences": 1,
    "output_attentions": False,
    "output_hidden_states": False,
    "output_scores": False,
    "remove_invalid_values": False,
    "renormalize_logits": False,
    "repetition_penalty": 1.0,
    "return_dict_in_generate": False,
    "target_lookbehind": 10,
    "temperature": 1.0,
    "token_healing": False,
    "top_k": 50,
    "top_p": 1.0,
    "typical_p": 1.0,
    "use_cache": True,
}

#: Settings that a row in a padded batch obeys as it does alone.
_BLIND_TO_PADDING = (
    SAMPLING
    | BEAMS
    | {
        "bos_token_id",
        "decoder_start_token_id",
        "do_sample",
        "eos_token_id",
        "forced_bos_token_id",
        "forced_eos_token_id",
        "max_new_tokens",
        "min_new_tokens",
        "num_beams",
        "num_return_sequences",
        "pad_token_id",
        "suppress_tokens",
        "use_cache",
    }
)


@dataclass(frozen=True, kw_only=True)
class WritingPlan:
    """How one call writes.

    Args:
        values: Every setting, by the names of ``GenerationConfig``; a setting that is not here is ``None``.
        extra: What ``generate`` takes beside settings (``streamer``, ``logits_processor``, ...).
        own: What the model itself would take where ``generate`` is told nothing.
    """

    values: Mapping[str, Any]
    extra: Mapping[str, Any] = field(default_factory=dict)
    own: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def get(self, name: str) -> Any:
        """One setting."""
        return self.values.get(name)

    @property
    def sequences(self) -> int:
        """Sequences that are written at a time for one input: beams, or samples."""
        return max(int(self.get("num_beams") or 1), int(self.get("num_return_sequences") or 1))

    @property
    def pads(self) -> bool:
        """Whether inputs of several lengths may share a batch when they stand before the text that is written."""
        changed = {name for name, value in self.values.items() if value is not None and value != UNSET.get(name)}
        counted = self.get("max_new_tokens") is not None
        return not self.extra and counted and changed - {"max_length"} <= _BLIND_TO_PADDING

    @property
    def alone(self) -> bool:
        """Whether an input cannot share a batch at all: functions of the user's see the rows of a batch."""
        return bool(self.extra) or bool(self.get("return_dict_in_generate"))

    def longest(self, start: int) -> int:
        """Most tokens of a sequence whose first ``start`` are given."""
        new = self.get("max_new_tokens")
        return int(self.get("max_length")) if new is None else start + int(new)

    def arguments(self, longest: int) -> dict[str, Any]:
        """The arguments of ``generate``.

        Args:
            longest: Most tokens of a sequence, those that are given included.
        """
        unread = {"max_length", "max_new_tokens"}
        unread |= set() if self.get("do_sample") else SAMPLING
        unread |= BEAMS if (self.get("num_beams") or 1) == 1 else set()
        if self.get("min_new_tokens") is not None:
            unread |= {"min_length"}
        told = {name: value for name, value in self.values.items() if name not in unread and self._must_say(name)}
        if self.own.get("max_new_tokens") is not None:
            told["max_new_tokens"] = None
        return told | {"max_length": longest} | dict(self.extra)

    def _must_say(self, name: str) -> bool:
        return self.values[name] != UNSET.get(name) or name in self.own


@dataclass(frozen=True, kw_only=True)
class WritingSettings:
    """What a pipeline's model writes by before a call says anything.

    Args:
        values: Every setting (see :class:`WritingPlan`).
        own: The model's own.
        refills: Whether the model's own take the place of values that are as in :data:`UNSET` (step 6 above).
        opening: Those that the opening gave.
    """

    values: Mapping[str, Any]
    own: Mapping[str, Any]
    refills: bool = True
    opening: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def plan(self, given: Mapping[str, Any], *, prefix: int = 0) -> WritingPlan:
        """Lay a call's arguments over the rest.

        Args:
            given: Arguments of the call by name: settings, ``generation_config`` (which takes the place of the
                pipeline's and gives way to single settings), and whatever else ``generate`` takes.
            prefix: Tokens of a prefix before the prompt; lengths that count the prompt do not count them.

        Raises:
            InputError: A length is none.
        """
        known = set(names_of_settings())
        call = {name: value for name, value in given.items() if name in known}
        extra = {name: value for name, value in given.items() if name not in known and name != "generation_config"}
        values = self._before(given.get("generation_config"))
        if prefix:
            call |= _moved_lengths(values, call, prefix)
        values |= _unset_for_none(call)
        named = call.get("max_length") is not None or values.get("max_length") != UNSET["max_length"]
        if not named and values.get("max_new_tokens") is None:
            # Twenty is the length of what is written where nobody named a length, and no limit of the whole.
            values["max_new_tokens"] = UNSET["max_length"]
        _check_lengths(values)
        return WritingPlan(values=values, extra=extra, own=self.own)

    def unheeded(self, given: Mapping[str, Any], plan: WritingPlan) -> Iterator[str]:
        """A line for each setting that the opening or a call gave and that has no effect.

        Args:
            given: Arguments of the call by name, as for :meth:`plan`.
            plan: What came of them.
        """
        known, config = set(names_of_settings()), given.get("generation_config")
        call = {name: value for name, value in given.items() if name in known}
        if config is None:
            yield from overridden({k: v for k, v in self.opening.items() if k not in call}, self._before(None))
        else:
            call = own_settings(config) | call
        yield from unheeded(self.opening if config is None else {}, call, plan.values, UNSET)

    def _before(self, config: Any) -> dict[str, Any]:
        if config is not None:
            return {**UNSET, **self.own, **own_settings(config)}
        if self.refills:
            return _filled(self.values, self.own)
        return dict(self.values)


def prepare(
    model: Any,
    defaults: Mapping[str, Any],
    given: Mapping[str, Any],
    task: Mapping[str, Any],
    *,
    pad: int | None,
    saved: bool = True,
) -> WritingSettings:
    """Settle what holds for all calls of a pipeline.

    Args:
        model: A transformers model that generates.
        defaults: The pipeline's own settings.
        given: WritingSettings among the arguments of the opening.
        task: What the model's configuration says for the task.
        pad: The tokenizer's padding id.
        saved: Whether the model came with a ``generation_config.json``. One that transformers makes of the model's
            configuration counts as new, whatever wrote that.

    Raises:
        UsageError: The model does not generate.
    """
    config = getattr(model, "generation_config", None)
    if config is None or not model.can_generate():
        raise UsageError(
            f"{type(model).__name__} writes no text",
            hint="take a checkpoint whose architecture ends in ForConditionalGeneration, LMHeadModel or ForCausalLM",
        )
    own = own_settings(config)
    values = _filled({**UNSET, **defaults}, own)
    if values.get("temperature") == 0.0:
        values["do_sample"] = False
    values |= _unset_for_none(given)
    length = values.get("max_length")
    if values.get("max_new_tokens") == defaults.get("max_new_tokens") and length not in (None, UNSET["max_length"]):
        values["max_new_tokens"] = None
    known = names_of_settings()
    values |= {name: value for name, value in task.items() if name in known}
    if values.get("pad_token_id") is None:
        values["pad_token_id"] = pad
    version = getattr(config, "transformers_version", None) if saved else None
    return WritingSettings(values=values, own=own, refills=_refills(version), opening=dict(given))


def own_settings(config: Any) -> dict[str, Any]:
    """Those settings of a ``GenerationConfig`` that are set."""
    known = names_of_settings()
    return {name: value for name, value in config.to_dict().items() if value is not None and name in known}


def names_of_settings() -> tuple[str, ...]:
    """Names of all settings of ``GenerationConfig``, without its metadata."""
    from transformers import GenerationConfig

    names = GenerationConfig().to_dict()
    return tuple(name for name in names if not name.startswith("_") and name != "transformers_version")


def task_settings(model: Any, task: str) -> dict[str, Any]:
    """What a model's configuration says for a task: settings, and ``prefix``."""
    named = getattr(model.config, "task_specific_params", None) or {}
    found = named.get(task)
    return dict(found) if isinstance(found, Mapping) else {}


def _unset_for_none(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: UNSET.get(name) if value is None else value for name, value in given.items()}


def _filled(values: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """``values`` with the model's own in place of those that are as in :data:`UNSET`."""
    taken = {name: value for name, value in own.items() if values.get(name) == UNSET.get(name)}
    return {**values, **taken}


def _check_lengths(values: Mapping[str, Any]) -> None:
    for name in ("max_new_tokens", "max_length"):
        value = values.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
            raise InputError(f"{name} must be a whole number from 1, got {value!r}", hint=f"give {name}=50, say")


def _moved_lengths(values: Mapping[str, Any], call: Mapping[str, Any], prefix: int) -> dict[str, Any]:
    """Lengths that count the prompt, made longer by a prefix that the user did not write."""
    moved = {}
    if call.get("max_new_tokens") is None and values.get("max_new_tokens") is None:
        moved["max_length"] = (call.get("max_length") or values["max_length"]) + prefix
    if call.get("min_new_tokens") is None and "min_length" in call:
        moved["min_length"] = call["min_length"] + prefix
    return moved


def _refills(version: str | None) -> bool:
    numbers = re.match(r"(\d+)\.(\d+)", version or "")
    return numbers is None or (int(numbers[1]), int(numbers[2])) >= (4, 50)
