"""Options of the command line that give the inputs of `generate`: how errors name them, and the values of `--set`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from iamglue.errors import IamglueError
from iamglue.generate.input_names import InputNames
from iamglue.generate.parameter_values import check_parameter_values

OPTION_NAMES = InputNames(
    region="`--region` or AWS_REGION",
    account="`--account` or `--from-aws`",
    parameter="--set {}",
    parameter_value="--set {}=VALUE",
)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*")


def parse_parameter_values(settings: Iterable[str], declared: Iterable[str]) -> Mapping[str, str]:
    """Parameter values by name from the values of `--set`; `declared` are the parameters of the spec.

    Raises IamglueError for a malformed setting, a name that is set twice, an unknown name, and a value that is empty or
    could widen or break a policy.
    """
    values: dict[str, str] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or not _NAME.fullmatch(name):
            raise IamglueError(f"--set `{setting}`: expected NAME=VALUE with letters and digits in NAME")
        if name in values:
            raise IamglueError(f"--set {name}: the parameter is set twice, expected one value")
        values[name] = value
    return check_parameter_values(values, declared, OPTION_NAMES)
