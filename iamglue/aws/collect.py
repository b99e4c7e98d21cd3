"""Reads an account from AWS: the requested functions and roles, with all policies that affect their access."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeVar

from iamglue.aws.api_client import ApiClient
from iamglue.aws.caller_identity import CallerIdentity, read_caller_identity
from iamglue.aws.checkpoint import Checkpoint
from iamglue.aws.collect_request import CollectRequest
from iamglue.aws.functions import ListedFunction, function_name, read_function
from iamglue.aws.listings import list_functions, list_roles
from iamglue.aws.managed_policies import ManagedPolicies
from iamglue.aws.organization import read_organization
from iamglue.aws.resource_policies import read_resource_policy
from iamglue.aws.resource_roles import named_resources, read_resource_role
from iamglue.aws.roles import read_role, role_name
from iamglue.aws.session import open_clients
from iamglue.aws.worker_pool import ProgressCallback, WorkerPool
from iamglue.errors import NotEvaluatedError
from iamglue.findings import NotEvaluated, NotEvaluatedKind
from iamglue.model.account import Account, DeployedFunction, Pairs, Role
from iamglue.policy.arns import split_arn_fields

_Value = TypeVar("_Value", DeployedFunction, Role)
_Read = tuple[_Value | None, tuple[NotEvaluated, ...]]
_MAX_REASONS = 10


def collect(request: CollectRequest, reporter: ProgressCallback | None = None) -> Account:
    """Read the requested parts of the credentials' account; only read operations are called.

    `reporter` is called with the numbers of completed and of all functions, roles and resources; the organization
    counts as one. What could not be read is listed in the account's `gaps`. Raises NotEvaluatedError when nothing could
    be read, and IamglueError when the Region is not known or the checkpoint is not valid.
    """
    client = ApiClient(open_clients(request), request.workers)
    caller = read_caller_identity(client)
    checkpoint = Checkpoint(request.checkpoint, caller.account, client.region)
    done = False
    try:
        with ThreadPoolExecutor(max(request.workers, 1)) as pool:
            try:
                account = _Collection(request, client, caller, checkpoint, WorkerPool(pool, reporter)).read()
            except BaseException:
                client.stop("the run was interrupted")
                pool.shutdown(cancel_futures=True)
                raise
        done = not client.is_stopped and not any(item.kind is NotEvaluatedKind.FAILED for item in account.gaps)
    finally:
        checkpoint.close(done=done)
    _check_not_empty(account)
    return account


@dataclass(frozen=True, slots=True)
class _Collection:
    """Reads the parts of one account, in parallel."""

    request: CollectRequest
    client: ApiClient
    caller: CallerIdentity
    checkpoint: Checkpoint
    pool: WorkerPool

    def read(self) -> Account:
        """Read the requested functions and roles with all that belongs to them; failed reads become gaps."""
        functions, missing_functions = self._read_functions()
        managed = ManagedPolicies(self.client)
        roles, missing_roles = self._read_roles(functions, managed)
        resource_roles, missing_resources = self._read_resource_roles(roles)
        known = {role.arn for role in roles}
        others = (role for role in dict.fromkeys(role for _, role in resource_roles) if role and role not in known)
        neighbours, missing_others = self._read_named_roles(others, managed)
        own_layers = (arn for function in functions for arn in function.layers if _is_of(function.account, arn))
        resources = tuple(dict.fromkeys((*self.request.resources, *own_layers)))
        policies = self.pool.map(lambda arn: read_resource_policy(self.client, arn), resources)
        named = ((arn, policy) for arn, (policy, _) in zip(resources, policies, strict=True))
        (organization,) = self.pool.map(lambda account: read_organization(self.client, account), (self.caller.account,))
        not_evaluated = (
            *self.caller.not_evaluated,
            *missing_functions,
            *missing_roles,
            *missing_resources,
            *missing_others,
            *(entry for _, missing_policies in policies for entry in missing_policies),
        )
        return Account(
            id=self.caller.account or _account_id(functions, roles),
            functions=functions,
            roles=roles,
            scps=organization.scps,
            rcps=organization.rcps,
            resource_policies=tuple((arn, policy) for arn, policy in named if policy),
            organization=organization.id,
            partition=self.caller.partition,
            collected=self.checkpoint.started,
            neighbours=neighbours,
            resource_roles=resource_roles,
            gaps=(*not_evaluated, *organization.not_evaluated),
        )

    def _read_functions(self) -> tuple[tuple[DeployedFunction, ...], tuple[NotEvaluated, ...]]:
        """Read the requested functions, or all; those of one listing need no request for their configuration."""
        listed, not_evaluated = (
            list_functions(self.client, self.caller.account) if self.request.everything else ({}, ())
        )
        names = tuple({self._function_arn(name): name for name in (*listed, *self.request.functions)}.values())
        results = self.pool.map(lambda name: self._read_function(name, listed.get(name)), names)
        functions, missing = _split_results(results, not_evaluated)
        return tuple(part for function in functions for part in _by_role(function)), missing

    def _read_function(self, name: str, listed: ListedFunction | None) -> _Read[DeployedFunction]:
        """The function from the checkpoint, otherwise from AWS."""
        saved = self.checkpoint.get(self._function_arn(name))
        if isinstance(saved, DeployedFunction):
            return saved, ()
        return self._save_complete(read_function(self.client, name, listed))

    def _function_arn(self, name: str) -> str:
        """The unqualified ARN of a function, from its ARN (qualified or not) or its name."""
        if name.startswith("arn:"):
            return ":".join(name.split(":")[:7])
        scope = f"{self.caller.partition}:lambda:{self.client.region}:{self.caller.account}"
        return f"arn:{scope}:function:{function_name(name)}"

    def _read_roles(
        self, functions: Iterable[DeployedFunction], managed: ManagedPolicies
    ) -> tuple[tuple[Role, ...], tuple[NotEvaluated, ...]]:
        """Read the requested roles, or all, and those of functions; a role that is named twice is read once."""
        listed, not_evaluated = list_roles(self.client, self.caller.account) if self.request.everything else ((), ())
        arns = (*listed, *(function.role_arn for function in functions))
        named = {role_name(arn): arn for arn in arns}
        requested = {role_name(role): role for role in self.request.roles}
        return self._read_named_roles((requested | named).values(), managed, not_evaluated)

    def _read_named_roles(
        self, names: Iterable[str], managed: ManagedPolicies, not_evaluated: tuple[NotEvaluated, ...] = ()
    ) -> tuple[tuple[Role, ...], tuple[NotEvaluated, ...]]:
        """Read roles by name or ARN; `not_evaluated` is what was not read before."""
        return _split_results(self.pool.map(lambda name: self._read_role(managed, name), tuple(names)), not_evaluated)

    def _read_resource_roles(self, roles: tuple[Role, ...]) -> tuple[Pairs, tuple[NotEvaluated, ...]]:
        """Read the roles of the resources that policies name; they are read after the policies that name them."""
        resources = named_resources(roles, self.caller.account)
        results = self.pool.map(lambda arn: read_resource_role(self.client, arn), resources)
        read = zip(resources, (role for role, _ in results), strict=True)
        return (
            tuple((arn, role) for arn, role in read if role is not None),
            tuple(entry for _, entries in results for entry in entries),
        )

    def _read_role(self, managed: ManagedPolicies, name: str) -> _Read[Role]:
        """The role from the checkpoint, otherwise from AWS."""
        saved = self.checkpoint.get(name)
        return (saved, ()) if isinstance(saved, Role) else self._save_complete(read_role(self.client, managed, name))

    def _save_complete(self, read: _Read[_Value]) -> _Read[_Value]:
        """Save a subject in the checkpoint if all its parts were read; returns its argument."""
        value, not_evaluated = read
        if value is not None and not not_evaluated:
            self.checkpoint.add(value)
        return read


def _split_results(
    results: Iterable[_Read[_Value]], before: tuple[NotEvaluated, ...]
) -> tuple[tuple[_Value, ...], tuple[NotEvaluated, ...]]:
    """Separate the values that were read from what was not read."""
    values: list[_Value] = []
    not_evaluated = list(before)
    for value, entries in results:
        values += (value,) if value is not None else ()
        not_evaluated += entries
    return tuple(values), tuple(not_evaluated)


def _by_role(function: DeployedFunction) -> tuple[DeployedFunction, ...]:
    """The function, and each of its versions that runs as another role."""
    return (replace(function, versions=()), *function.versions)


def _is_of(account: str, arn: str) -> bool:
    return split_arn_fields(arn)[4] == account


def _account_id(functions: tuple[DeployedFunction, ...], roles: tuple[Role, ...]) -> str:
    """The account's id from the functions or roles, for when STS did not return it; empty if there are none."""
    account_ids = [subject.account for subject in functions] + [subject.account for subject in roles]
    return next(iter(account_ids), "")


def _check_not_empty(account: Account) -> None:
    """Raise NotEvaluatedError with the reasons if nothing was read."""
    if account.functions or account.roles or account.resource_policies:
        return
    reasons = tuple(
        dict.fromkeys(
            f"{entry.subject.name}: {entry.reason}" for entry in account.gaps if entry.kind is NotEvaluatedKind.FAILED
        )
    )
    if reasons:
        more = f"\n  and {len(reasons) - _MAX_REASONS} more" if len(reasons) > _MAX_REASONS else ""
        listed = "".join(f"\n  {reason}" for reason in reasons[:_MAX_REASONS])
        raise NotEvaluatedError(
            f"nothing could be read from AWS:{listed}{more}",
            hint="--print-policy prints the permissions that an audit needs",
        )
