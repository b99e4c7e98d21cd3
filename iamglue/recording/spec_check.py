"""Whether the policy of a spec allows the calls that tests make."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from iamglue.errors import IamglueError
from iamglue.generate.requirements.parameters import parameter_names, substitute_function_parameters
from iamglue.infer.code.coverage import missing_entries
from iamglue.infer.entry_grants import ANY_SCOPE
from iamglue.infer.recording.recorded_access import recorded_access
from iamglue.infer.recording.recorder import RecordedCall
from iamglue.model.spec import SpecFunction
from iamglue.readers.spec.reader import read_spec
from iamglue.spelling import did_you_mean


@dataclass(frozen=True, slots=True)
class SpecCheck:
    """The function of a spec whose policy must allow the calls."""

    path: str
    function: SpecFunction

    @classmethod
    def of(cls, option: str) -> SpecCheck:
        """The check of `SPEC` or `SPEC#FUNCTION`. Raises IamglueError if the spec or its function cannot be read."""
        path, _, name = option.partition("#")
        functions = read_spec(path).functions
        names = [function.name for function in functions]
        chosen = [function for function in functions if name in ("", function.name)]
        if not chosen:
            raise IamglueError(f"{path} has no function `{name}`", hint=did_you_mean(name, names))
        if len(chosen) > 1:
            raise IamglueError(f"{path} has {len(names)} functions", hint=f"write one as {path}#{names[0]}")
        return cls(path, chosen[0])

    def problems(self, calls: Sequence[RecordedCall], account: str) -> list[str]:
        """A line for each call that the spec's policy does not allow."""
        missing = missing_entries(recorded_access(calls, account), self._in_environment(), ANY_SCOPE)
        return [
            f"iamglue: {access.operation} at {', '.join(f'{place.path}:{place.line}' for place in access.evidence)}: "
            f"the policy of {self.path} does not allow {access.action} on {access.resource}"
            for entry in missing
            for access in entry.accesses
        ]

    def _in_environment(self) -> SpecFunction:
        """The function with the values that the tests give its parameters by environment variables of the same name."""
        by_name = {_plain_name(name): value for name, value in os.environ.items()}
        values = {
            name: by_name[_plain_name(name)] for name in parameter_names(self.function) if _plain_name(name) in by_name
        }
        return substitute_function_parameters(self.function, values)


def _plain_name(name: str) -> str:
    return name.replace("_", "").lower()
