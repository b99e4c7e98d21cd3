"""`generate`: builds the smallest policy that grants what a spec declares, with trust policy and invoke permissions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from iamglue.catalog.limits import (
    MANAGED_POLICIES_PER_ROLE,
    MANAGED_POLICY_SIZE,
    ROLE_INLINE_POLICIES_SIZE,
    ROLE_NAME_LENGTH,
)
from iamglue.catalog.partitions import infer_partition
from iamglue.engine.compact.packing import pack_statements
from iamglue.errors import IamglueError, MultipleErrors
from iamglue.generate.deployment_target import DeploymentTarget
from iamglue.generate.input_names import PLAIN_NAMES, InputNames
from iamglue.generate.requirements.function_requirements import ItemRequirements, function_requirements
from iamglue.generate.requirements.parameters import declared_parameters, parameter_names
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


def generate(
    function: SpecFunction, target: DeploymentTarget, *, compact: bool = False, names: InputNames = PLAIN_NAMES
) -> PermissionSet:
    """Build the permission set of one function; `compact`: use readable wildcards where they shorten its policy.

    Raises IamglueError when a required Region, account or parameter value is not known, and MultipleErrors with every
    error in the function; hints call the inputs by `names`.
    """
    scope, requirements = _requirements(function, target, names)
    explained = _explain_statements(function, requirements)
    explained, compaction_notes = _compact_statements(explained, len(function.raw)) if compact else (explained, ())
    role = role_name(function.name)
    role_name_notes = (
        ()
        if role.startswith(function.name)
        else (f"the role's name is shortened to {role}: IAM allows {ROLE_NAME_LENGTH} characters",)
    )
    policies, quota_notes = _named_policies(function.name, explained)
    return PermissionSet(
        function=function.name,
        function_arn=f"arn:{scope.partition}:lambda:{scope.region}:{scope.account}:function:{function.name}",
        role_name=role,
        trust=_trust_policy(function),
        policies=policies,
        invoke_permissions=tuple(permission for item in requirements for permission in item.permissions),
        counterparts=tuple(counterpart for item in requirements for counterpart in item.counterparts),
        schedules=tuple(schedule for item in requirements for schedule in item.schedules),
        parameters=declared_parameters(function, parameter_names(function)),
        explained_statements=explained,
        notes=(
            *(note for item in requirements for note in item.notes),
            *role_name_notes,
            *quota_notes,
            *compaction_notes,
        ),
        description=function.description,
        region=scope.region,
        account=scope.account,
        partition=scope.partition,
    )


def required_statements(function: SpecFunction, target: DeploymentTarget) -> tuple[ExplainedStatement, ...]:
    """The statements of the identity-based policy of one function, without the rest of its permission set.

    Raises what `generate` raises for the function's requirements.
    """
    return _explain_statements(function, _requirements(function, target, PLAIN_NAMES)[1])


def _requirements(
    function: SpecFunction, target: DeploymentTarget, names: InputNames
) -> tuple[DeploymentScope, tuple[ItemRequirements, ...]]:
    """Where the function is deployed, and its requirements. Raises IamglueError if a required value is not known."""
    if not target.allow_parameters:
        _check_parameters(function, parameter_names(function), names)
    scope = _deployment_scope(target)
    requirements = function_requirements(function, scope)
    if not target.use_pseudo_parameters:
        _check_region_and_account(requirements, names)
    return scope, requirements


def _explain_statements(
    function: SpecFunction, requirements: Iterable[ItemRequirements]
) -> tuple[ExplainedStatement, ...]:
    """The statements of all needs, then the `raw` ones, each with its reasons."""
    raw = tuple((item, raw_statement_reason(item)) for item in function.raw)
    return explained_statements((need for item in requirements for need in item.needs), raw)


def _deployment_scope(target: DeploymentTarget) -> DeploymentScope:
    """The target with pseudo-parameters in place of unknown values; the partition may follow from the Region."""
    region, account = target.region or REGION_PARAMETER, target.account or ACCOUNT_PARAMETER
    # Derive the partition from the Region; otherwise leave it to the deployment, or use the commercial partition.
    partition = (
        target.partition or infer_partition(region) or (PARTITION_PARAMETER if target.use_pseudo_parameters else "aws")
    )
    return DeploymentScope(partition, region, account)


def _check_parameters(function: SpecFunction, parameters: tuple[str, ...], names: InputNames) -> None:
    """Raise IamglueError if there are parameters: the output has no place for them, so each needs a value."""
    if parameters:
        listed = ", ".join(f"`${{{name}}}`" for name in parameters)
        raise IamglueError(
            f"{listed} has no value" if len(parameters) == 1 else f"{listed} have no values",
            hint=names.missing_parameters_hint(parameters),
            location=function.location,
        )


def _check_region_and_account(requirements: tuple[ItemRequirements, ...], names: InputNames) -> None:
    """Raise MultipleErrors with one error for each item that needs an unknown Region or account."""
    values = (
        (REGION_PARAMETER, "Region", f"write `region:` in the spec, or give {names.region}"),
        (ACCOUNT_PARAMETER, "account", f"write `account:` in the spec, or give {names.account}"),
    )
    problems = []
    for item in requirements:
        texts = tuple(_requirement_texts(item))
        for pseudo, name, hint in values:
            if any(pseudo in text for text in texts):
                message = f"the function's {name} is missing, which this item needs"
                problems.append(IamglueError(message, hint=hint, location=item.location))
    if problems:
        raise MultipleErrors(problems)


def _requirement_texts(item: ItemRequirements) -> Iterator[str]:
    """Yield every text of an item's requirements that may contain a pseudo-parameter."""
    for need in item.needs:
        yield from need.resources
        yield from (value for condition in need.conditions for value in condition.values)
    for permission in item.permissions:
        yield from filter(None, (permission.source_arn, permission.source_account, permission.principal))
    for counterpart in item.counterparts:
        for statement in counterpart.policy.statements:
            yield from _statement_texts(statement)


def _statement_texts(statement: Statement) -> Iterator[str]:
    """Yield the texts of a statement that may contain a pseudo-parameter; actions never do."""
    if statement.resources:
        yield from statement.resources.values
    if statement.principals:
        yield from (principal.value for principal in statement.principals.values)
    yield from (value for condition in statement.conditions for value in condition.values)


def _trust_policy(function: SpecFunction) -> Policy:
    principals = tuple(Principal("Service", name) for name in trust_principals(function))
    return Policy((allow_statement(("sts:AssumeRole",), None, principals=principals, sid="LambdaAssumesRole"),))


def _compact_statements(
    explained: tuple[ExplainedStatement, ...], raw_count: int
) -> tuple[tuple[ExplainedStatement, ...], tuple[str, ...]]:
    """The statements with wildcards, and notes on the future actions that the wildcards would allow.

    The last `raw_count` statements are not changed.
    """
    from iamglue.compact import future_action_notes  # noqa: PLC0415
    from iamglue.engine.compact.compaction import new_wildcards, with_wildcards  # noqa: PLC0415 - startup: rarely needed

    compactable_count = len(explained) - raw_count
    compacted = tuple(replace(item, statement=with_wildcards(item.statement)) for item in explained[:compactable_count])
    policy = Policy(tuple(item.statement for item in compacted))
    wildcards = new_wildcards(policy, [item.statement for item in explained])
    return (*compacted, *explained[compactable_count:]), future_action_notes(wildcards)


def _named_policies(
    function: str, explained: tuple[ExplainedStatement, ...]
) -> tuple[tuple[NamedPolicy, ...], tuple[str, ...]]:
    """One inline policy, or managed policies if its size is over the limit of inline policies; and notes."""
    statements = tuple(item.statement for item in explained)
    single_policy = Policy(statements)
    if not statements:
        return (), ()
    if policy_size(single_policy) <= ROLE_INLINE_POLICIES_SIZE:
        return (NamedPolicy(f"{function}-policy", single_policy),), ()
    try:
        policies = pack_statements(statements, MANAGED_POLICY_SIZE)
    except ValueError as error:
        message = f"the policy of function {function}: {error}, the size limit of a managed policy"
        raise IamglueError(message, hint="shorten resource names and condition values") from error
    notes: Iterable[str] = ()
    if len(policies) > MANAGED_POLICIES_PER_ROLE:
        quota = f"the default quota of {MANAGED_POLICIES_PER_ROLE} for a role"
        notes = (
            f"{len(policies)} managed policies are more than {quota}: request a higher quota, or split the function",
        )
    named = (NamedPolicy(f"{function}-policy-{number}", item, managed=True) for number, item in enumerate(policies, 1))
    return tuple(named), tuple(notes)
