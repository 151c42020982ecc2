"""Every number that an option of a descriptor takes has its range, and says it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from math import inf, nan

import pytest

from nlptasks._systems.process import plugins
from nlptasks.errors import UsageError
from nlptasks.plugin._values import parsed
from nlptasks.plugin.options import OptionField, option_fields


def numbers() -> Iterator[tuple[str, OptionField]]:
    """The numbers among the options of all heads, backbones, formats and trainers that are shipped."""
    seen = set()
    for item in plugins().registry.items:
        if item.distribution != "nlptasks":
            continue
        for field in dataclasses.fields(item.spec):
            options = getattr(item.spec, field.name)
            if isinstance(options, type) and dataclasses.is_dataclass(options) and options not in seen:
                seen.add(options)
                for option in option_fields(options):
                    if option.kind in ("integer", "number", "integers"):
                        yield f"{options.__name__} {option.flag}", option


@pytest.mark.parametrize("option", [pytest.param(option, id=name) for name, option in numbers()])
def test_it_has_a_range_and_refuses_what_is_outside(option: OptionField) -> None:
    assert "min" in option.said or "above" in option.said, "it says no lowest number"
    assert option.kind != "number" or "max" in option.said, "it says no highest number"
    assert option.limits
    for typed in ("nan", "inf", "-inf", "1e400", "-1e300", "9" * 400, "9" * 5000, "", "x", "1,5", "0x10"):
        with pytest.raises(UsageError, match=f"^{option.flag}: "):
            option.checked(parsed(option.kind, typed))
    for value in (nan, inf, True, 10**30, None, [1], {}):
        with pytest.raises(UsageError, match=f"^{option.flag}: "):
            option.checked(value)
    assert option.default is None or option.checked(option.default) == option.default
