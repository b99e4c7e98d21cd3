"""Calls of what is imported from packages, and of what the language itself has."""

from __future__ import annotations

from iamglue.infer.code.javascript.checked_environments import checked_environment, read_variable
from iamglue.infer.code.javascript.documented_helpers import call_documented_helper
from iamglue.infer.code.javascript.evaluate_modules import imported, note_unknown_package
from iamglue.infer.code.javascript.evaluation import (
    ANY_KEY,
    CALLS,
    CONSTRUCTORS,
    METHODS,
    CallSite,
    call_unknown,
    member,
)
from iamglue.infer.code.javascript.language_functions import call_language
from iamglue.infer.code.javascript.machine import ScriptMachine
from iamglue.infer.code.javascript.noted_calls import PassedArguments
from iamglue.infer.code.javascript.script_objects import (
    EMPTY,
    UNKNOWN,
    PackageMember,
    PromiseSettler,
    ScriptClient,
    ScriptCollection,
    ScriptObject,
    Value,
    join,
    literal_texts,
)
from iamglue.infer.code.javascript.sdk_names import V2_PACKAGE, V3_SCOPE, plain_package
from iamglue.infer.code.javascript.sdk_v2 import call_v2
from iamglue.infer.code.javascript.sdk_v3 import call_v3


def _call_external(
    machine: ScriptMachine, external: PackageMember, arguments: PassedArguments, site: CallSite
) -> Value:
    """What a call of a package's or the language's member gives; `require` gives the module."""
    package, names = plain_package(external.package, external.names)
    if package.startswith("own:"):
        if names == ("require",):
            note_unknown_package(machine, arguments.at(0), site)
        return _require_result(machine, package, names, arguments)
    if package == "global":
        return call_language(machine, external, arguments, site)
    if (package, names) != (external.package, external.names):
        external = PackageMember(package, names)
    return _call_package(machine, external, arguments, site)


def _call_package(machine: ScriptMachine, external: PackageMember, arguments: PassedArguments, site: CallSite) -> Value:
    """What a call of a package's member gives, by the tables, by the SDKs, or as an unknown function."""
    if _gives_its_argument(external):
        return arguments.at(0)
    last = external.names[-1] if external.names else ""
    variables = read_variable(external.package, last, arguments) or checked_environment(machine, last, arguments)
    if variables is not None:
        return variables
    documented = call_documented_helper(machine, external, arguments, site)
    if documented is not None:
        return documented
    if external.package == V2_PACKAGE:
        return call_v2(machine, external, arguments, site)
    call_package = call_v3 if external.package.startswith(V3_SCOPE) else _call_other
    return call_package(machine, external, arguments, site)


def _call_other(machine: ScriptMachine, external: PackageMember, arguments: PassedArguments, site: CallSite) -> Value:
    """A function of another package: what it does with a client of AWS is not known, but for a container."""
    if external.package in _CONTAINERS:
        return call_unknown(machine, arguments)
    clients = {
        option.client
        for value in (*arguments.values, arguments.rest)
        for option in _with_members(machine, value, _MAX_DEPTH)
        if isinstance(option, ScriptClient)
    }
    for client in sorted(clients):
        machine.uncertain(site, site.text, f"a client of {client} is given to {external.package}")
    return call_unknown(machine, arguments)


# Levels of nested options, such as `createTransport({SES: {sesClient}})`.
_MAX_DEPTH = 4


def _with_members(machine: ScriptMachine, value: Value, depth: int) -> Value:
    """A value with the members of its plain objects, and theirs."""
    members = member(machine, _plain_objects(value), ANY_KEY) if depth else EMPTY
    return value | _with_members(machine, members, depth - 1) if members else value


# Containers of dependencies keep what they are given, and give it to the classes that ask for it:
# https://github.com/microsoft/tsyringe, https://github.com/jeffijoe/awilix, https://inversify.io/docs/,
# https://docs.typestack.community/typedi/, https://docs.nestjs.com/fundamentals/custom-providers
_CONTAINERS = frozenset({"tsyringe", "awilix", "inversify", "typedi", "@nestjs/common", "@nestjs/core"})


def _plain_objects(value: Value) -> Value:
    return frozenset(option for option in value if isinstance(option, ScriptCollection) and option.owner is None)


def _gives_its_argument(external: PackageMember) -> bool:
    """X-Ray's and Powertools' `captureAWS...`, and `util.promisify`: what they are given acts as before.

    https://docs.aws.amazon.com/xray/latest/devguide/xray-sdk-nodejs-awssdkclients.html
    """
    last = external.names[-1] if external.names else ""
    return last.startswith("captureAWS") or (external.package, last) == ("util", "promisify")


def _require_result(machine: ScriptMachine, package: str, names: tuple[str, ...], arguments: PassedArguments) -> Value:
    """`require(source)` of a file; its other methods give nothing that is followed."""
    if names != ("require",):
        return call_unknown(machine, arguments)
    importer = package.partition(":")[2]
    sources = literal_texts(arguments.at(0))
    result = EMPTY if sources else UNKNOWN
    for source in sources:
        result = join(result, imported(machine, importer, source, "="))
    return result


def _external_method(
    machine: ScriptMachine, external: PackageMember, name: str, arguments: PassedArguments, site: CallSite
) -> Value:
    """What a method of a package's member gives, which is a call of the longer name."""
    result = EMPTY
    for option in member(machine, frozenset({external}), name):
        if isinstance(option, PackageMember):
            result = join(result, _call_external(machine, option, arguments, site))
        elif isinstance(option, ScriptObject) and type(option) in CALLS:
            result = join(result, CALLS[type(option)](machine, option, arguments, site))
        else:
            result = join(result, call_unknown(machine, arguments))
    return result


def _settle(machine: ScriptMachine, settler: PromiseSettler, arguments: PassedArguments, _site: CallSite) -> Value:
    machine.write(("settled", settler.key), arguments.at(0))
    return UNKNOWN


CALLS[PackageMember] = _call_external
CONSTRUCTORS[PackageMember] = _call_external
METHODS[PackageMember] = _external_method
CALLS[PromiseSettler] = _settle
