"""The permissions that the functions of a role need: as specs declare them, and as their configuration requires."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from iamglue.errors import IamglueError
from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.generate.deployment_target import DeploymentTarget
from iamglue.generate.generate import generate, required_statements
from iamglue.generate.requirements.role_names import role_name
from iamglue.infer.function import infer_spec
from iamglue.model.account import Account, DeployedFunction, Role
from iamglue.model.permission_set import ExplainedStatement, PermissionSet
from iamglue.model.spec import SpecFunction
from iamglue.policy.arns import split_arn_fields

# Records a subject whose requirements are unknown: the subject, what is unknown, and the reason.
NotEvaluatedCallback = Callable[[Subject, str, str], None]
_Bundles = Iterator[tuple[str, PermissionSet]]
_Required = TypeVar("_Required")


def permissions_from_specs(
    specs: Sequence[SpecFunction],
    role: Role,
    functions: Sequence[DeployedFunction],
    account: Account,
    roles: frozenset[str],
    record: NotEvaluatedCallback,
) -> _Bundles:
    """What specs declare for the functions of a role, with the function's name; `roles` are the selected roles."""
    for deployed in functions:
        for spec in specs:
            if _is_declared_by(spec, deployed):
                yield from _requirements_of(generate, spec, _deployment_target(deployed, account), record)
    if not account.functions:
        # If functions were not read, as in an export of IAM alone, the name of the role shows its function.
        for spec in specs:
            named = role.name == role_name(spec.name) or (len(specs) == 1 and {role.name, role.arn} & roles)
            if named and spec.account in (None, role.account):
                target = DeploymentTarget(spec.region, role.account, spec.partition or account.partition)
                yield from _requirements_of(generate, spec, target, record)


def permissions_from_configuration(
    functions: Sequence[DeployedFunction], account: Account
) -> tuple[tuple[tuple[str, PermissionSet], ...], list[NotEvaluated]]:
    """What the functions' configuration requires, with the function's name, and what could not be determined."""
    return _from_configuration(generate, functions, account)


def statements_from_configuration(
    functions: Sequence[DeployedFunction], account: Account
) -> tuple[tuple[tuple[str, tuple[ExplainedStatement, ...]], ...], list[NotEvaluated]]:
    """The statements that the functions' configuration requires; the rest of a permission set takes as long again."""
    return _from_configuration(required_statements, functions, account)


def _from_configuration(
    build: Callable[[SpecFunction, DeploymentTarget], _Required],
    functions: Sequence[DeployedFunction],
    account: Account,
) -> tuple[tuple[tuple[str, _Required], ...], list[NotEvaluated]]:
    """What each function's configuration requires of the role, by function, and what of it is not known."""
    not_evaluated: list[NotEvaluated] = []
    # Before deployment many values are unknown: nothing has failed.
    kind = NotEvaluatedKind.UNDECIDABLE if account.planned else NotEvaluatedKind.FAILED

    def record(subject: Subject, what: str, reason: str) -> None:
        not_evaluated.append(NotEvaluated(kind, subject, what, reason))

    required: list[tuple[str, _Required]] = []
    for function in functions:
        inferred = infer_spec(function, planned=account.planned)
        for what, reason in inferred.not_declared:
            record(Subject("function", function.name), f"what {what} requires of the role", reason)
        required += _requirements_of(build, inferred.function, _deployment_target(function, account), record)
    return tuple(required), not_evaluated


def _is_declared_by(spec: SpecFunction, deployed: DeployedFunction) -> bool:
    """Whether a spec declares the deployed function; a Region or account missing from the spec matches any."""
    if spec.name != deployed.name:  # the usual case: fast, as there may be thousands of both
        return False
    return _is_same_or_unknown(spec.region, deployed.region) and _is_same_or_unknown(spec.account, deployed.account)


def _is_same_or_unknown(declared: str | None, known: str) -> bool:
    """Whether a Region or account of a spec matches that of a function, which may be a template parameter."""
    return declared in (None, known) or known.startswith("${")


def _deployment_target(deployed: DeployedFunction, account: Account) -> DeploymentTarget:
    """Where a function is deployed; in a template, Region and account may be parameters."""
    partition = split_arn_fields(deployed.arn)[1]
    planned = account.planned
    return DeploymentTarget(
        deployed.region, deployed.account, partition, use_pseudo_parameters=planned, allow_parameters=planned
    )


def _requirements_of(
    build: Callable[[SpecFunction, DeploymentTarget], _Required],
    function: SpecFunction,
    target: DeploymentTarget,
    record: NotEvaluatedCallback,
) -> Iterator[tuple[str, _Required]]:
    """What a function requires, with its name; nothing, and a record of the reason, if that is not known."""
    try:
        yield function.name, build(function, target)
    except IamglueError as error:
        record(Subject("function", function.name), f"the requirements of `{function.name}`", str(error))
