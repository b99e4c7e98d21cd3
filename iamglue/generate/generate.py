"""`generate`: the smallest policy that grants what a spec declares, with the trust and permissions around it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from iamglue.catalog.limits import (
    MANAGED_POLICIES_PER_ROLE,
    MANAGED_POLICY_SIZE,
    ROLE_INLINE_POLICIES_SIZE,
    ROLE_NAME_LENGTH,
)
from iamglue.catalog.partitions import infer_partition
from iamglue.engine.compact.packing import pack_statements
from iamglue.errors import IamglueError, Location, MultipleErrors
from iamglue.generate.requirements.function_requirements import ItemRequirements, function_requirements
from iamglue.generate.requirements.parameters import (
    declared_parameters,
    parameter_names,
    substitute_function_parameters,
)
from iamglue.generate.requirements.raw_statements import raw_statement_reason
from iamglue.generate.requirements.role_names import role_name
from iamglue.generate.requirements.statements import explained_statements
from iamglue.generate.requirements.triggers import trust_principals
from iamglue.model.permission_set import ExplainedStatement, NamedPolicy, PermissionSet
from iamglue.model.required_access import DeploymentScope
from iamglue.model.spec import SpecFunction
from iamglue.policy.document import policy_size
from iamglue.policy.model import Policy, Principal, Statement, allow_statement
from iamglue.policy.patterns.variables import ACCOUNT_PARAMETER, PARTITION_PARAMETER, REGION_PARAMETER

__all__ = ["DeploymentTarget", "generate", "parameter_names", "substitute_function_parameters"]


@dataclass(frozen=True, slots=True)
class DeploymentTarget:
    """Where the function is to live. `pseudo`: what is not known is left to the deployment, as `${AWS::Region}`.

    `parameters`: the output can hold deployment parameters; otherwise each must have a value by now.
    """

    region: str | None = None
    account: str | None = None
    partition: str | None = None
    use_pseudo_parameters: bool = False
    allow_parameters: bool = False


def generate(function: SpecFunction, choice: DeploymentTarget, *, compact: bool = False) -> PermissionSet:
    """The permission set of one function; `compact`: with readable wildcards where they make its policy shorter.

    Raises IamglueError when something needs a Region, an account or a parameter's value that is not known, and
    Problems with everything in the function that has no meaning.
    """
    parameters = parameter_names(function)
    if not choice.allow_parameters:
        _check_parameters(function, parameters)
    scope = _scope(choice)
    parts = function_requirements(function, scope)
    if not choice.use_pseudo_parameters:
        _check_known(parts)
    raw = tuple((item, raw_statement_reason(item)) for item in function.raw)
    explained = explained_statements((need for part in parts for need in part.needs), raw)
    explained, told = _compacted(explained, len(raw)) if compact else (explained, ())
    role = role_name(function.name)
    renamed = (
        ()
        if role.startswith(function.name)
        else (f"the role is named {role}: IAM allows {ROLE_NAME_LENGTH} characters",)
    )
    policies, crowded = _policies(function.name, explained)
    return PermissionSet(
        function=function.name,
        function_arn=f"arn:{scope.partition}:lambda:{scope.region}:{scope.account}:function:{function.name}",
        role_name=role,
        trust=_trust(function),
        policies=policies,
        invoke_permissions=tuple(permission for part in parts for permission in part.permissions),
        counterparts=tuple(peer for part in parts for peer in part.counterparts),
        parameters=declared_parameters(function, parameters),
        explained_statements=explained,
        notes=(*(note for part in parts for note in part.notes), *renamed, *crowded, *told),
        description=function.description,
        region=scope.region,
        account=scope.account,
        partition=scope.partition,
    )


def _scope(choice: DeploymentTarget) -> DeploymentScope:
    region, account = choice.region or REGION_PARAMETER, choice.account or ACCOUNT_PARAMETER
    # A Region's name tells its partition; a deployment knows its own; elsewhere it is the commercial one.
    partition = (
        choice.partition or infer_partition(region) or (PARTITION_PARAMETER if choice.use_pseudo_parameters else "aws")
    )
    return DeploymentScope(partition, region, account)


def _check_parameters(function: SpecFunction, names: tuple[str, ...]) -> None:
    if names:
        listed = ", ".join(f"`${{{name}}}`" for name in names)
        raise IamglueError(
            f"{listed} has no value" if len(names) == 1 else f"{listed} have no values",
            hint="give "
            + " ".join(f"--set {name}=VALUE" for name in names)
            + ", or write a format with parameters: cloudformation, sam, terraform",
            location=function.location,
        )


def _check_known(parts: tuple[ItemRequirements, ...]) -> None:
    """Raise Problems for each part that needs a Region or an account that nobody gave."""
    found = []
    for part in parts:
        texts = tuple(_texts(part))
        for pseudo, name, flag in ((REGION_PARAMETER, "Region", "region"), (ACCOUNT_PARAMETER, "account", "account")):
            if any(pseudo in text for text in texts):
                found.append(_unknown(name, flag, part.location))
    if found:
        raise MultipleErrors(found)


def _unknown(name: str, flag: str, location: Location) -> IamglueError:
    wanted = "`--region` or AWS_REGION" if flag == "region" else "`--account` or `--from-aws`"
    return IamglueError(
        f"this needs the function's {name}, which is not given",
        hint=f"write `{flag}:` in the spec, or give {wanted}",
        location=location,
    )


def _texts(part: ItemRequirements) -> Iterator[str]:
    for need in part.needs:
        yield from need.resources
        yield from (value for condition in need.conditions for value in condition.values)
    for permission in part.permissions:
        yield from filter(None, (permission.source_arn, permission.source_account, permission.principal))
    for peer in part.counterparts:
        for statement in peer.policy.statements:
            yield from _statement_texts(statement)


def _statement_texts(statement: Statement) -> Iterator[str]:
    if statement.resources:
        yield from statement.resources.values
    if statement.principals:
        yield from (principal.value for principal in statement.principals.values)
    yield from (value for condition in statement.conditions for value in condition.values)


def _trust(function: SpecFunction) -> Policy:
    principals = tuple(Principal("Service", name) for name in trust_principals(function))
    return Policy((allow_statement(("sts:AssumeRole",), None, principals=principals, sid="LambdaAssumesRole"),))


def _compacted(
    explained: tuple[ExplainedStatement, ...], raw: int
) -> tuple[tuple[ExplainedStatement, ...], tuple[str, ...]]:
    """The statements with wildcards, the last `raw` ones as they stand; and notes on what the wildcards would admit."""
    from iamglue.compact import future_action_notes  # noqa: PLC0415
    from iamglue.engine.compact.compaction import new_wildcards, with_wildcards  # noqa: PLC0415 - startup: seldom asked for

    own = len(explained) - raw
    found = tuple(replace(each, statement=with_wildcards(each.statement)) for each in explained[:own])
    policy = Policy(tuple(each.statement for each in found))
    wildcards = new_wildcards(policy, [each.statement for each in explained])
    return (*found, *explained[own:]), future_action_notes(wildcards)


def _policies(
    function: str, explained: tuple[ExplainedStatement, ...]
) -> tuple[tuple[NamedPolicy, ...], tuple[str, ...]]:
    """One inline policy, or managed ones where that would be over the role's inline sum; and notes."""
    statements = tuple(each.statement for each in explained)
    whole = Policy(statements)
    if not statements:
        return (), ()
    if policy_size(whole) <= ROLE_INLINE_POLICIES_SIZE:
        return (NamedPolicy(f"{function}-policy", whole),), ()
    try:
        several = pack_statements(statements, MANAGED_POLICY_SIZE)
    except ValueError as error:
        message = f"the policy of function {function}: {error}, the most that a policy may have"
        raise IamglueError(message, hint="write shorter names of resources and values of conditions") from error
    notes: Iterable[str] = ()
    if len(several) > MANAGED_POLICIES_PER_ROLE:
        quota = f"the {MANAGED_POLICIES_PER_ROLE} that a role may have by default"
        notes = (
            f"{len(several)} managed policies are more than {quota}: have the quota raised, or divide the function",
        )
    named = (NamedPolicy(f"{function}-policy-{at}", each, managed=True) for at, each in enumerate(several, 1))
    return tuple(named), tuple(notes)
