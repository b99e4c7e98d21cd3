"""The permissions that the functions of a role need: as specs declare them, and as their configuration requires."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from iamglue.errors import IamglueError
from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.generate.generate import DeploymentTarget, generate
from iamglue.generate.requirements.role_names import role_name
from iamglue.infer.function import infer_function
from iamglue.model.account import Account, DeployedFunction, Role
from iamglue.model.permission_set import PermissionSet
from iamglue.model.spec import SpecFunction
from iamglue.policy.arns import split_arn_fields

# Records a subject whose requirements are unknown: the subject, what is unknown, and the reason.
NotEvaluatedCallback = Callable[[Subject, str, str], None]
_Bundles = Iterator[tuple[str, PermissionSet]]


def permissions_from_specs(
    specs: Sequence[SpecFunction],
    role: Role,
    functions: Sequence[DeployedFunction],
    account: Account,
    roles: frozenset[str],
    lacks: NotEvaluatedCallback,
) -> _Bundles:
    """What specs declare for the functions of a role, with the function's name; `roles` are the selected roles."""
    for deployed in functions:
        for spec in specs:
            if _means(spec, deployed):
                yield from _bundle(spec, _choice(deployed, account), lacks)
    if not account.functions:
        # If functions were not read, as in an export of IAM alone, the name of the role shows its function.
        for spec in specs:
            named = role.name == role_name(spec.name) or (len(specs) == 1 and {role.name, role.arn} & roles)
            if named and spec.account in (None, role.account):
                yield from _bundle(
                    spec, DeploymentTarget(spec.region, role.account, spec.partition or account.partition), lacks
                )


def permissions_from_configuration(
    functions: Sequence[DeployedFunction], account: Account
) -> tuple[tuple[tuple[str, PermissionSet], ...], list[NotEvaluated]]:
    """What the functions' configuration requires, with the function's name, and what could not be determined."""
    gaps: list[NotEvaluated] = []

    def lacks(subject: Subject, what: str, reason: str) -> None:
        gaps.append(NotEvaluated(NotEvaluatedKind.FAILED, subject, what, reason))

    found = [_bundle(infer_function(each), _choice(each, account), lacks) for each in functions]
    return tuple(named for each in found for named in each), gaps


def _means(spec: SpecFunction, deployed: DeployedFunction) -> bool:
    """Whether a spec declares the deployed function; a Region or account missing from the spec matches any."""
    if spec.name != deployed.name:  # the usual case: fast, as there may be thousands of both
        return False
    return _agree(spec.region, deployed.region) and _agree(spec.account, deployed.account)


def _agree(said: str | None, known: str) -> bool:
    """Whether a Region or account of a spec matches that of a function, which may be a template parameter."""
    return said in (None, known) or known.startswith("${")


def _choice(deployed: DeployedFunction, account: Account) -> DeploymentTarget:
    partition = split_arn_fields(deployed.arn)[1]
    planned = account.planned
    return DeploymentTarget(
        deployed.region, deployed.account, partition, use_pseudo_parameters=planned, allow_parameters=planned
    )


def _bundle(function: SpecFunction, choice: DeploymentTarget, lacks: NotEvaluatedCallback) -> _Bundles:
    try:
        yield function.name, generate(function, choice)
    except IamglueError as error:
        lacks(Subject("function", function.name), f"the requirements of `{function.name}`", str(error))
