"""The tools that draft a spec and generate policies from one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from iamglue.assistant_server.arguments import (
    Account,
    Compact,
    Description,
    Entries,
    Function,
    FunctionChoice,
    Parameters,
    Partition,
    PolicyFormat,
    Prove,
    Region,
    Settings,
    SpecText,
    Triggers,
)
from iamglue.assistant_server.results import ToolAnswer
from iamglue.errors import IamglueError
from iamglue.formats.policies.renderer import DOCUMENT_FORMATS, permission_set_files, render_permission_sets
from iamglue.formats.policies.spec_text import spec_text
from iamglue.formats.words.single_document import DOCUMENT_KINDS
from iamglue.generate.deployment_target import (
    FORMATS_WITH_PARAMETERS,
    FORMATS_WITH_PSEUDO_PARAMETERS,
    DeploymentTarget,
    check_deployment_target,
)
from iamglue.generate.generate import generate
from iamglue.generate.parameter_values import apply_parameters, check_parameter_values
from iamglue.generate.prove import prove as prove_permissions
from iamglue.generate.requirements.parameters import parameter_names
from iamglue.generate.requirements.schedule_names import check_distinct_schedules, require_schedule_names
from iamglue.model.permission_set import PermissionSet
from iamglue.model.proof_table import ProofLine, ProofTable
from iamglue.model.spec import SpecFunction
from iamglue.readers.spec.reader import parse_spec
from iamglue.spelling import did_you_mean

_SPEC_PATH = "spec.yaml"


def draft_spec(  # noqa: PLR0913 - an argument for each part of a spec
    function: Function,
    *,
    reads: Entries = None,
    writes: Entries = None,
    calls: Entries = None,
    triggers: Triggers = None,
    settings: Settings = None,
    region: Region = None,
    account: Account = None,
    description: Description = None,
) -> ToolAnswer:
    """Write the spec of a Lambda function from its parts: what it reads, writes and calls, and what invokes it.

    The spec is valid input of `generate_policies`. A service, resource type, verb or trigger that does not exist is an
    error that names the nearest right word. Use `find_actions` to look up what a service has.
    """
    lists = {"triggers": triggers, "reads": reads, "writes": writes, "calls": calls}
    text = _draft_text(
        {"function": function, "description": description, "region": region, "account": account},
        {name: entries for name, entries in lists.items() if entries},
        settings,
    )
    spec = parse_spec(text, _SPEC_PATH)
    counts = {name: len(entries or ()) for name, entries in lists.items()}
    return ToolAnswer({"entries": counts}, documents={_SPEC_PATH: spec_text(spec.functions)})


def generate_policies(  # noqa: PLR0913 - an argument for each choice
    spec: SpecText,
    *,
    format: PolicyFormat = "json",
    function: FunctionChoice = None,
    region: Region = None,
    account: Account = None,
    partition: Partition = None,
    parameters: Parameters = None,
    compact: Compact = False,
    prove: Prove = False,
) -> ToolAnswer:
    """Generate the smallest IAM policy that grants what a spec declares, with the trust policy and invoke permissions.

    As `json` or `yaml`, each is a document of its own; `peers` are policies that other roles or resources need. The
    other formats have one document with everything. `notes` say what the user must know, such as parts that cannot be
    narrowed. With `compact`, wildcards that match no other current action shorten the policy. With `prove`, `proved` is
    whether it is proved that the policy allows every call of the function and nothing else: null is unknown, and
    `not_proved` has the lines of the proof that do not hold.
    """
    functions = _functions(spec, function, parameters or {})
    if format in DOCUMENT_FORMATS:
        check_distinct_schedules(functions)
    else:
        require_schedule_names(functions, format)
    target = _Target(region, account, partition)
    permission_sets = [generate(item, target.of(item, format), compact=compact) for item in functions]
    if format in DOCUMENT_FORMATS:
        documents = {str(format): render_permission_sets(permission_sets, format)}
    else:
        documents = _part_documents(permission_sets, format)
    notes = dict.fromkeys(note for permission_set in permission_sets for note in permission_set.notes)
    answer: dict[str, Any] = {"format": format, "functions": len(functions)}
    quoted: dict[str, Any] = {"notes": list(notes)}
    if prove:
        tables = [prove_permissions(*pair) for pair in zip(functions, permission_sets, strict=True)]
        answer["proved"] = _holds([table.holds for table in tables])
        quoted["not_proved"] = [_line_data(table, line) for table in tables for line in table.lines if not line.holds]
    return ToolAnswer(answer, quoted, documents)


def _draft_text(
    scalars: Mapping[str, str | None],
    lists: Mapping[str, Sequence[Mapping[str, Any]]],
    settings: Mapping[str, Any] | None,
) -> str:
    """The spec as it is read for the first time, with each entry as JSON on its own line: JSON is YAML."""
    lines = ["iamglue: 1", *(f"{name}: {json.dumps(value)}" for name, value in scalars.items() if value is not None)]
    for name, entries in lists.items():
        lines += [f"{name}:", *(f"  - {json.dumps(entry)}" for entry in entries)]
    return "\n".join([*lines, *([f"settings: {json.dumps(settings)}"] if settings else [])]) + "\n"


def _functions(text: str, name: str | None, parameters: Mapping[str, str]) -> list[SpecFunction]:
    """The functions of the spec, or the one of this name, with the parameters' values. Raises IamglueError."""
    functions = parse_spec(text, _SPEC_PATH).functions
    names = [function.name for function in functions]
    if name is not None and name not in names:
        raise IamglueError(
            f"the spec has no function `{name}`: expected one of {', '.join(names)}", hint=did_you_mean(name, names)
        )
    chosen = [function for function in functions if name in (None, function.name)]
    declared = {parameter for function in chosen for parameter in parameter_names(function)}
    values = check_parameter_values(parameters, declared)
    return [apply_parameters(function, values) for function in chosen]


@dataclass(frozen=True, slots=True)
class _Target:
    """Where the functions are deployed, as far as the arguments say it."""

    region: str | None
    account: str | None
    partition: str | None

    def of(self, function: SpecFunction, format: str) -> DeploymentTarget:
        """The deployment target of a function in a format. Raises IamglueError if it is not valid."""
        target = DeploymentTarget(
            self.region or function.region,
            self.account or function.account,
            self.partition or function.partition,
            use_pseudo_parameters=format in FORMATS_WITH_PSEUDO_PARAMETERS,
            allow_parameters=format in FORMATS_WITH_PARAMETERS,
        )
        return check_deployment_target(target, function)


def _holds(outcomes: Sequence[bool | None]) -> bool | None:
    """Whether all proofs hold; None if one is undecided and none fails."""
    return False if False in outcomes else None if None in outcomes else True


def _line_data(table: ProofTable, line: ProofLine) -> dict[str, Any]:
    """One line of a proof: what is claimed of the policies, and whether it holds."""
    return {
        "function": table.function,
        "section": line.section.value,
        "claim": line.claim,
        "holds": line.holds,
        "detail": line.detail,
    }


def _part_documents(permission_sets: Sequence[PermissionSet], format: str) -> dict[str, str]:
    """A document for each part of each permission set that has something in it."""
    return {
        name: text
        for permission_set in permission_sets
        for part in DOCUMENT_KINDS
        if _has_part(permission_set, part)
        for name, text in permission_set_files(permission_set, format, part).items()
    }


def _has_part(permission_set: PermissionSet, part: str) -> bool:
    """Whether a function has such a document; it always has a policy and a trust policy."""
    parts: dict[str, object] = {"permissions": permission_set.invoke_permissions, "peers": permission_set.counterparts}
    return bool(parts.get(part, True))
