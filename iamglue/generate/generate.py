"""`generate`: the smallest policy that grants what a spec declares, with the trust and permissions around it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from iamglue.catalog.limits import MANAGED_POLICIES_PER_ROLE, MANAGED_POLICY, ROLE_INLINE_SUM, ROLE_NAME
from iamglue.catalog.partitions import partition_of
from iamglue.engine.compact.packing import packed
from iamglue.errors import IamglueError, Location, Problems
from iamglue.generate.requirements.functions import Part, function_parts
from iamglue.generate.requirements.parameters import declared_parameters, parameter_names, with_parameters
from iamglue.generate.requirements.raw import raw_reason
from iamglue.generate.requirements.roles import role_name
from iamglue.generate.requirements.statements import explained_statements
from iamglue.generate.requirements.triggers import trust_principals
from iamglue.model.need import Scope
from iamglue.model.permission_set import Bundle, Explained, NamedPolicy
from iamglue.model.spec import Function
from iamglue.policy.document import policy_size
from iamglue.policy.model import Policy, Principal, Statement, allow
from iamglue.policy.patterns.variables import ACCOUNT, PARTITION, REGION

__all__ = ["Choice", "generate", "parameter_names", "with_parameters"]


@dataclass(frozen=True, slots=True)
class Choice:
    """Where the function is to live. `pseudo`: what is not known is left to the deployment, as `${AWS::Region}`.

    `parameters`: the output can hold deployment parameters; otherwise each must have a value by now.
    """

    region: str | None = None
    account: str | None = None
    partition: str | None = None
    pseudo: bool = False
    parameters: bool = False


def generate(function: Function, choice: Choice, *, compact: bool = False) -> Bundle:
    """The permission set of one function; `compact`: with readable wildcards where they make its policy shorter.

    Raises IamglueError when something needs a Region, an account or a parameter's value that is not known, and
    Problems with everything in the function that has no meaning.
    """
    parameters = parameter_names(function)
    if not choice.parameters:
        _check_parameters(function, parameters)
    scope = _scope(choice)
    parts = function_parts(function, scope)
    if not choice.pseudo:
        _check_known(parts)
    raw = tuple((item, raw_reason(item)) for item in function.raw)
    explained = explained_statements((need for part in parts for need in part.needs), raw)
    explained, told = _compacted(explained, len(raw)) if compact else (explained, ())
    role = role_name(function.name)
    renamed = (
        () if role.startswith(function.name) else (f"the role is named {role}: IAM allows {ROLE_NAME} characters",)
    )
    policies, crowded = _policies(function.name, explained)
    return Bundle(
        function=function.name,
        function_arn=f"arn:{scope.partition}:lambda:{scope.region}:{scope.account}:function:{function.name}",
        role_name=role,
        trust=_trust(function),
        policies=policies,
        permissions=tuple(permission for part in parts for permission in part.permissions),
        peers=tuple(peer for part in parts for peer in part.peers),
        parameters=declared_parameters(function, parameters),
        explained=explained,
        notes=(*(note for part in parts for note in part.notes), *renamed, *crowded, *told),
        description=function.description,
        region=scope.region,
        account=scope.account,
        partition=scope.partition,
    )


def _scope(choice: Choice) -> Scope:
    region, account = choice.region or REGION, choice.account or ACCOUNT
    # A Region's name tells its partition; a deployment knows its own; elsewhere it is the commercial one.
    partition = choice.partition or partition_of(region) or (PARTITION if choice.pseudo else "aws")
    return Scope(partition, region, account)


def _check_parameters(function: Function, names: tuple[str, ...]) -> None:
    if names:
        listed = ", ".join(f"`${{{name}}}`" for name in names)
        raise IamglueError(
            f"{listed} has no value" if len(names) == 1 else f"{listed} have no values",
            hint="give "
            + " ".join(f"--set {name}=VALUE" for name in names)
            + ", or write a format with parameters: cloudformation, sam, terraform",
            location=function.location,
        )


def _check_known(parts: tuple[Part, ...]) -> None:
    """Raise Problems for each part that needs a Region or an account that nobody gave."""
    found = []
    for part in parts:
        texts = tuple(_texts(part))
        for pseudo, name, flag in ((REGION, "Region", "region"), (ACCOUNT, "account", "account")):
            if any(pseudo in text for text in texts):
                found.append(_unknown(name, flag, part.location))
    if found:
        raise Problems(found)


def _unknown(name: str, flag: str, location: Location) -> IamglueError:
    wanted = "`--region` or AWS_REGION" if flag == "region" else "`--account` or `--from-aws`"
    return IamglueError(
        f"this needs the function's {name}, which is not given",
        hint=f"write `{flag}:` in the spec, or give {wanted}",
        location=location,
    )


def _texts(part: Part) -> Iterator[str]:
    for need in part.needs:
        yield from need.resources
        yield from (value for condition in need.conditions for value in condition.values)
    for permission in part.permissions:
        yield from filter(None, (permission.source_arn, permission.source_account, permission.principal))
    for peer in part.peers:
        for statement in peer.policy.statements:
            yield from _statement_texts(statement)


def _statement_texts(statement: Statement) -> Iterator[str]:
    if statement.resources:
        yield from statement.resources.values
    if statement.principals:
        yield from (principal.value for principal in statement.principals.values)
    yield from (value for condition in statement.conditions for value in condition.values)


def _trust(function: Function) -> Policy:
    principals = tuple(Principal("Service", name) for name in trust_principals(function))
    return Policy((allow(("sts:AssumeRole",), None, principals=principals, sid="LambdaAssumesRole"),))


def _compacted(explained: tuple[Explained, ...], raw: int) -> tuple[tuple[Explained, ...], tuple[str, ...]]:
    """The statements with wildcards, the last `raw` ones as they stand; and notes on what the wildcards would admit."""
    from iamglue.compact import future_notes  # noqa: PLC0415
    from iamglue.engine.compact.compaction import new_wildcards, with_wildcards  # noqa: PLC0415 - startup: seldom asked for

    own = len(explained) - raw
    found = tuple(replace(each, statement=with_wildcards(each.statement)) for each in explained[:own])
    policy = Policy(tuple(each.statement for each in found))
    wildcards = new_wildcards(policy, [each.statement for each in explained])
    return (*found, *explained[own:]), future_notes(wildcards)


def _policies(function: str, explained: tuple[Explained, ...]) -> tuple[tuple[NamedPolicy, ...], tuple[str, ...]]:
    """One inline policy, or managed ones where that would be over the role's inline sum; and notes."""
    statements = tuple(each.statement for each in explained)
    whole = Policy(statements)
    if not statements:
        return (), ()
    if policy_size(whole) <= ROLE_INLINE_SUM:
        return (NamedPolicy(f"{function}-policy", whole),), ()
    try:
        several = packed(statements, MANAGED_POLICY)
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
