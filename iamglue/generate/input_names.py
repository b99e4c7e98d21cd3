"""What a user of `generate` calls its inputs: errors and hints name them so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InputNames:
    """Names of the inputs: as plain words, which suit Python, unless a command gives the names of its options.

    `{}` stands for the name of a parameter. `parameter_alternative` is another way out where a parameter has no value.
    """

    region: str = "the Region"
    account: str = "the account"
    parameter: str = "parameter {}"
    parameter_value: str = "a value for parameter {}"
    parameter_alternative: str = "write the value in the spec"

    def missing_parameters_hint(self, names: Iterable[str]) -> str:
        """What to do about parameters that have no value."""
        values = ", ".join(self.parameter_value.format(name) for name in names)
        return f"give {values}, or {self.parameter_alternative}"


PLAIN_NAMES = InputNames()
