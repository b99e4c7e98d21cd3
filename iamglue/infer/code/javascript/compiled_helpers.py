"""Functions that compilers put into their output: TypeScript's helpers (tslib), Babel's and esbuild's.

https://www.typescriptlang.org/tsconfig/#importHelpers
"""

from __future__ import annotations

from collections.abc import Callable

from iamglue.infer.code.javascript.evaluation import ANY_KEY, CallSite, call
from iamglue.infer.code.javascript.machine import ScriptMachine
from iamglue.infer.code.javascript.member_changes import export, set_member
from iamglue.infer.code.javascript.noted_calls import PassedArguments
from iamglue.infer.code.javascript.script_objects import (
    EMPTY,
    UNKNOWN,
    PackageMember,
    ScriptCollection,
    ScriptFunction,
    ScriptModule,
    Value,
    join,
)

_CompiledHelper = Callable[[ScriptMachine, PassedArguments, CallSite], Value]


def _awaiter(machine: ScriptMachine, arguments: PassedArguments, site: CallSite) -> Value:
    """`__awaiter(this, arguments, Promise, function* () {...})`: what the function returns."""
    result = EMPTY
    for function in arguments.at(3):
        if isinstance(function, ScriptFunction):
            activation = machine.activation(function.info, function.parent, site)
            machine.pass_arguments(activation, PassedArguments())
            machine.write((activation, "this"), arguments.at(0))
            result = join(result, machine.read((activation, "return")))
    return result


def _module(_machine: ScriptMachine, arguments: PassedArguments, _site: CallSite) -> Value:
    """What adapts a module to another kind of module: `import x` of it is the same."""
    return arguments.at(0)


def _export(machine: ScriptMachine, arguments: PassedArguments, site: CallSite) -> Value:
    """Esbuild's `__export(target, {name: () => value})`."""
    for option in arguments.at(1):
        for name in machine.field_names(option) if isinstance(option, ScriptCollection) else []:
            value = call(machine, machine.read((option, name)), PassedArguments(), site)
            set_member(machine, arguments.at(0), name, value)
    return UNKNOWN


def _export_star(machine: ScriptMachine, arguments: PassedArguments, _site: CallSite) -> Value:
    """TypeScript's `__exportStar(require("./x"), exports)`."""
    modules = frozenset(option for option in arguments.at(0) if isinstance(option, ScriptModule | PackageMember))
    for target in arguments.at(1):
        if isinstance(target, PackageMember) and target.package.startswith("own:"):
            export(machine, target.package.partition(":")[2], ANY_KEY, modules)
    return UNKNOWN


COMPILED_HELPERS: dict[str, _CompiledHelper] = {
    "__awaiter": _awaiter,
    "__export": _export,
    "__exportStar": _export_star,
    **dict.fromkeys(
        (
            "__importDefault",
            "__importStar",
            "__toESM",
            "__toCommonJS",
            "_interopRequireDefault",
            "_interopRequireWildcard",
        ),
        _module,
    ),
}
