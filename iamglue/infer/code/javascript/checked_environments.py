"""Environment variables as libraries give them that check them: what they check keeps its names.

https://zod.dev/basics, https://github.com/af/envalid, https://env.t3.gg/docs/core, https://joi.dev/api/,
https://valibot.dev/api/parse/, https://github.com/evanshortiss/env-var, https://docs.nestjs.com/techniques/configuration
"""

from __future__ import annotations

import re

from iamglue.infer.code.javascript.machine import ScriptMachine
from iamglue.infer.code.javascript.noted_calls import PassedArguments
from iamglue.infer.code.javascript.script_objects import (
    ScriptCollection,
    ScriptEnvironment,
    Value,
    literal_texts,
    placeholder,
    single_placeholder,
)
from iamglue.infer.code.values import ValueOrigin

# Where a result that may be an error has what was checked: `schema.safeParse(process.env).data`.
CHECKED_MEMBERS = frozenset({"data", "value", "output"})
_CHECKS = frozenset(
    {"parse", "parseAsync", "safeParse", "validate", "validateSync", "attempt", "cleanEnv", "createEnv", "cast"}
)
_ENVIRONMENT_OPTIONS = ("runtimeEnv", "runtimeEnvStrict")
_READERS = frozenset({("env-var", "get"), ("@nestjs/config", "get"), ("@nestjs/config", "getOrThrow")})


def is_variable_name(name: str) -> bool:
    """Whether a name is one as environment variables have; names that a library adds are written otherwise."""
    return re.fullmatch(r"[A-Z][A-Z0-9_]*", name) is not None


def checked_environment(machine: ScriptMachine, name: str, arguments: PassedArguments) -> Value | None:
    """What a function of a library gives that checks environment variables; None if it checks none."""
    if name not in _CHECKS:
        return None
    options = [machine.read((option, key)) for option in arguments.at(0) for key in _options_of(option)]
    for value in (*options, *arguments.values):
        if any(isinstance(option, ScriptEnvironment) for option in value):
            return frozenset({machine.checked_environment()})
        objects = frozenset(
            option for option in value if isinstance(option, ScriptCollection) and _has_variable(machine, option)
        )
        if objects:
            return objects
    return None


def read_variable(package: str, name: str, arguments: PassedArguments) -> Value | None:
    """The environment variable that a documented function reads; None if it is not such a function."""
    names = literal_texts(arguments.at(0)) if (package, name) in _READERS else []
    if len(names) != 1 or not is_variable_name(names[0]):
        return None
    return placeholder(ValueOrigin.ENVIRONMENT, names[0])


def _options_of(option: object) -> list[str]:
    """The options of an object in which `createEnv` is given the environment."""
    return (
        [name for name in _ENVIRONMENT_OPTIONS if name in option.keys] if isinstance(option, ScriptCollection) else []
    )


def _has_variable(machine: ScriptMachine, instance: ScriptCollection) -> bool:
    """Whether an object has a member that is an environment variable."""
    parts = [single_placeholder(option) for name in instance.keys for option in machine.read((instance, name))]
    return any(part is not None and part.origin is ValueOrigin.ENVIRONMENT for part in parts)
