"""The functions of the Python API, which `import iamglue` offers. The command line is made of the same parts.

All of them raise `iamglue.IamglueError`, with a location and a hint where there is one, for what cannot be read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial, reduce
from operator import and_
from os import PathLike

from iamglue.api.arguments import check_arguments, path_text
from iamglue.audit.causes import merge_by_cause
from iamglue.audit.run import audit
from iamglue.compact import CompactOptions, compact
from iamglue.engine.solve.access import EVERYTHING, Access, access_of
from iamglue.engine.solve.comparison import Comparison, compare_on_all_types
from iamglue.engine.solve.possible_requests import possible_requests
from iamglue.errors import IamglueError
from iamglue.files.text_files import display_path, read_text
from iamglue.findings import Report
from iamglue.generate.deployment_target import DeploymentTarget, check_deployment_target
from iamglue.generate.generate import generate
from iamglue.generate.input_names import PLAIN_NAMES
from iamglue.generate.parameter_values import apply_parameters, check_parameter_values
from iamglue.generate.requirements.parameters import parameter_names
from iamglue.inputs.account_file import parse_account
from iamglue.inputs.parsed_files import read_file_for_lint
from iamglue.inputs.run_rules import read_rules
from iamglue.lint.autofix import FixResult, apply_fixes
from iamglue.lint.own_rules.installed import find_installed_rules
from iamglue.lint.run import lint_file as lint_parsed_file
from iamglue.lint.selection import RuleSelection, parse_rule_names
from iamglue.lint.text_edits import with_text_edits
from iamglue.model.own_rule_set import NO_OWN_RULES, OwnRules
from iamglue.model.permission_set import PermissionSet
from iamglue.model.role_context import AuditResult
from iamglue.model.spec import Spec
from iamglue.policy.document import policy_json, read_policy
from iamglue.policy.model import Policy
from iamglue.policy.parameter_values import check_parameter_value
from iamglue.policy.parsed_policy import ParameterValues, PolicyType
from iamglue.policy.trust_zone import parse_trust_zone
from iamglue.readers.spec import reader

_MAX_ACCOUNT_BYTES = 1024 * 1024 * 1024  # an export of an account with tens of thousands of roles
_BYTE_ORDER_MARK = "\ufeff"


@check_arguments
def parse_policy(text: str, path: str = "<policy>") -> Policy:
    """The policy of a JSON or YAML text; `path` names the text in errors."""
    return read_policy(text, path)


@check_arguments
def load_policy(path: str | PathLike[str]) -> Policy:
    """The policy of a file."""
    return read_policy(read_text(path_text(path)), display_path(path_text(path)))


@check_arguments
def policy_text(policy: Policy) -> str:
    """A policy as an indented JSON document."""
    return policy_json(policy)


@check_arguments
def parse_spec(text: str, path: str = "<spec>") -> Spec:
    """The spec of a YAML text; `path` names the text in errors."""
    return reader.parse_spec(text, path)


@check_arguments
def load_spec(path: str | PathLike[str]) -> Spec:
    """The spec of a file."""
    return reader.read_spec(path_text(path))


@check_arguments
def generate_policies(
    spec: Spec,
    *,
    region: str | None = None,
    account: str | None = None,
    partition: str | None = None,
    parameters: Mapping[str, str] | None = None,
    compact: bool = False,
) -> tuple[PermissionSet, ...]:
    """The smallest policies of each function of a spec, with its trust policy and the permissions of its triggers.

    Region, account and partition are those of the function unless given; `parameters` are the values of the spec's
    `${Name}`. `compact`: with readable wildcards where they make a policy shorter.
    """
    declared = {name for function in spec.functions for name in parameter_names(function)}
    values = check_parameter_values(parameters or {}, declared)
    permission_sets = []
    for function in (apply_parameters(declaration, values) for declaration in spec.functions):
        target = DeploymentTarget(
            region or function.region, account or function.account, partition or function.partition
        )
        permission_sets.append(generate(function, check_deployment_target(target, function), compact=compact))
    return tuple(permission_sets)


@check_arguments
def lint_text(  # noqa: PLR0913 - a keyword for each option
    text: str,
    path: str = "policy.json",
    *,
    type: str | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    pedantic: bool = False,
    parameters: Mapping[str, str] | None = None,
    trust: Sequence[str] = (),
    rules: str | Sequence[str] = (),
    installed_rules: bool = False,
) -> Report:
    """The findings of a text, in the order of their locations.

    `path` decides with the text what it is: `.tf` is Terraform, `.yaml` a policy, a template or a spec. `type` is
    "identity", "resource", "trust", "scp" or "rcp" for policies whose file does not say it. `select` and `ignore`
    name rules or Access Analyzer checks. `parameters` are the values of placeholders, for fixes. `trust` is the zone of
    trust (see `find_external_access`): with it, access from outside is reported. `rules` are the paths of rule files
    of your own; with `installed_rules`, the rules in Python of installed packages run too.
    """
    values = _values(parameters, trust)
    file = read_file_for_lint(path, text, type=_policy_type(type), parameter_values=values)
    own_rules = _own_rules(rules, installed=installed_rules)
    report = lint_parsed_file(file, _selection(select, ignore, pedantic=pedantic, own_rules=own_rules), _today())
    return replace(report, findings=with_text_edits(report.findings, text.removeprefix(_BYTE_ORDER_MARK)))


@check_arguments
def lint_file(  # noqa: PLR0913 - as above
    path: str | PathLike[str],
    *,
    type: str | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    pedantic: bool = False,
    parameters: Mapping[str, str] | None = None,
    trust: Sequence[str] = (),
    rules: str | Sequence[str] = (),
    installed_rules: bool = False,
) -> Report:
    """The findings of a file; see `lint_text`."""
    return lint_text(
        read_text(path_text(path)),
        display_path(path_text(path)),
        type=type,
        select=select,
        ignore=ignore,
        pedantic=pedantic,
        parameters=parameters,
        trust=trust,
        rules=rules,
        installed_rules=installed_rules,
    )


@check_arguments
def fix_text(
    text: str,
    path: str = "policy.json",
    *,
    unsafe: bool = False,
    type: str | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    parameters: Mapping[str, str] | None = None,
) -> FixResult:
    """The text with its problems fixed, the findings that were fixed, and the safe fixes that could not be proved.

    Safe fixes are applied where it is proved that the policy allows nothing new after them; `unsafe` applies the
    others too. The other parameters are those of `lint_text`. Fixes that were applied have no `text_edits`: each was
    made to the text as the fixes before it left it.
    """
    parse = partial(read_file_for_lint, path, type=_policy_type(type), parameter_values=_values(parameters))
    content = text.removeprefix(_BYTE_ORDER_MARK)  # places in a text are counted without it
    result = apply_fixes(content, parse, _selection(select, ignore, pedantic=False), _today(), unsafe=unsafe)
    unproved = with_text_edits(result.unproved, result.text)
    return replace(result, text=text[: len(text) - len(content)] + result.text, unproved=unproved)


@check_arguments
def compare_policies(
    old: Policy | Sequence[Policy],
    new: Policy | Sequence[Policy],
    *,
    boundary: Policy | None = None,
    scps: Sequence[Policy] = (),
) -> Comparison:
    """Whether `new` allows a request that `old` does not: the answer, and such a request as its witness.

    Several policies of a side are evaluated together. With a permissions boundary and service control policies, one
    for each level of the organization, only what these allow counts. `answer` is "unknown" where it cannot be
    decided, with the reason.
    """
    limits = [] if boundary is None else [boundary]
    limiting: Access = reduce(and_, (access_of([limit]) for limit in (*limits, *scps)), EVERYTHING)
    old_access, new_access = access_of(_policies(old)), access_of(_policies(new))
    limiting &= possible_requests(old_access, new_access, limiting)
    return compare_on_all_types(new_access & limiting, old_access)


@check_arguments
def compact_policy(policy: Policy, limit: int | None = None) -> tuple[Policy, ...]:
    """The policy in at most `limit` characters, else in as few as possible; split into several where one is not enough.

    The policies together allow what the policy allows of all actions that exist today.
    """
    options = CompactOptions(smallest=True) if limit is None else CompactOptions(limit=limit)
    return compact(policy, options).policies


@check_arguments
def audit_account(
    path: str | PathLike[str],
    *,
    functions: str | PathLike[str] | None = None,
    specs: Sequence[Spec] = (),
    processes: int = 1,
    rules: str | Sequence[str] = (),
    installed_rules: bool = False,
) -> AuditResult:
    """The audit of an account read from a file: findings, and for each role its risk and its counts of actions.

    The file is what `iamglue audit --save` wrote, or what `aws iam get-account-authorization-details` prints; with the
    latter, `functions` is a file of `aws lambda list-functions`. `specs` declare what functions need. `rules` and
    `installed_rules` are those of `lint_text`.
    """
    text = read_text(path_text(path), _MAX_ACCOUNT_BYTES)
    functions_path = None if functions is None else path_text(functions)
    functions_text = None if functions_path is None else read_text(functions_path, _MAX_ACCOUNT_BYTES)
    functions_name = None if functions_path is None else display_path(functions_path)
    account = parse_account(text, display_path(path_text(path)), functions_text, functions_name)
    functions_of_specs = [function for spec in specs for function in spec.functions]
    own_rules = _own_rules(rules, installed=installed_rules)
    return merge_by_cause(audit([account], functions_of_specs, processes=processes, own_rules=own_rules))


def _policies(policies: Policy | Sequence[Policy]) -> Sequence[Policy]:
    return (policies,) if isinstance(policies, Policy) else policies


def _policy_type(name: str | None) -> PolicyType | None:
    """The policy type of a name; None for no name. Raises IamglueError, with all names, for a wrong one."""
    try:
        return None if name is None else PolicyType(name)
    except ValueError as error:
        raise IamglueError(
            f"`{name}` is not a policy type: expected one of {', '.join(PolicyType)}",
        ) from error


def _values(parameters: Mapping[str, str] | None, trust: Sequence[str] = ()) -> ParameterValues:
    """The parameter values and the trusted accounts. Raises IamglueError for one that is not valid."""
    parse_trust_zone(trust)
    return ParameterValues(
        tuple(
            (name, check_parameter_value(PLAIN_NAMES.parameter.format(name), value))
            for name, value in (parameters or {}).items()
        ),
        tuple(trust),
    )


def _selection(
    select: Sequence[str], ignore: Sequence[str], *, pedantic: bool, own_rules: OwnRules = NO_OWN_RULES
) -> RuleSelection:
    """The rules to run. Raises IamglueError for a name that no rule has."""
    selected = parse_rule_names(select, "select", own_rules)
    return RuleSelection(selected, parse_rule_names(ignore, "ignore", own_rules), pedantic, own_rules=own_rules)


def _own_rules(paths: str | Sequence[str], *, installed: bool) -> OwnRules:
    return read_rules((paths,) if isinstance(paths, str) else paths, find_installed_rules() if installed else ())


def _today() -> date:
    return date.today()  # noqa: DTZ011 - suppressions end on the day of their writer's calendar
