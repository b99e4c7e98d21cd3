"""An account read live: the functions and roles that are wanted, with all that decides what they may do."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from iamglue.aws.api_client import ApiClient
from iamglue.aws.caller_identity import CallerIdentity, read_caller_identity
from iamglue.aws.checkpoint import Checkpoint
from iamglue.aws.collect_request import CollectRequest
from iamglue.aws.functions import ListedFunction, function_name, read_function
from iamglue.aws.listings import list_functions, list_roles
from iamglue.aws.managed_policies import ManagedPolicies
from iamglue.aws.organization import Organization, read_organization
from iamglue.aws.resource_policies import read_resource_policy
from iamglue.aws.roles import read_role, role_name
from iamglue.aws.session import open_clients
from iamglue.aws.worker_pool import ProgressCallback, WorkerPool
from iamglue.errors import NotEvaluatedError
from iamglue.findings import NotEvaluated, NotEvaluatedKind
from iamglue.model.account import Account, DeployedFunction, Role

_Value = TypeVar("_Value", DeployedFunction, Role)
_Read = tuple[_Value | None, tuple[NotEvaluated, ...]]
_TOLD = 10


def collect(wanted: CollectRequest, reporter: ProgressCallback | None = None) -> Account:
    """What is wanted of the account that the credentials belong to; only operations that read are called.

    `reporter` is told how many of how many functions, roles and resources are done, the organization being one.
    What could not be read is among the account's gaps. Raises NotEvaluatedError when nothing could be, and
    IamglueError where the Region is not known or the checkpoint is of no use.
    """
    calls = ApiClient(open_clients(wanted), wanted.workers)
    caller = read_caller_identity(calls)
    checkpoint = Checkpoint(wanted.checkpoint, caller.account, calls.region)
    done = False
    try:
        with ThreadPoolExecutor(max(wanted.workers, 1)) as pool:
            try:
                account = _Collection(wanted, calls, caller, checkpoint, WorkerPool(pool, reporter)).read()
            except BaseException:
                calls.stop("the run was interrupted")
                pool.shutdown(cancel_futures=True)
                raise
        done = not calls.is_stopped and not any(each.kind is NotEvaluatedKind.FAILED for each in account.gaps)
    finally:
        checkpoint.close(done=done)
    _check_something(account)
    return account


@dataclass(frozen=True, slots=True)
class _Collection:
    """One run."""

    wanted: CollectRequest
    calls: ApiClient
    caller: CallerIdentity
    checkpoint: Checkpoint
    crew: WorkerPool

    def read(self) -> Account:
        functions, function_gaps = self._functions()
        roles, role_gaps = self._roles(functions)
        resources = tuple(dict.fromkeys(self.wanted.resources))
        policies = self.crew.map(lambda arn: read_resource_policy(self.calls, arn), resources)
        named = ((arn, policy) for arn, (policy, _) in zip(resources, policies, strict=True))
        (organization,) = self.crew.map(self._organization, (self.caller.account,))
        gaps = (
            *self.caller.not_evaluated,
            *function_gaps,
            *role_gaps,
            *(gap for _, found in policies for gap in found),
        )
        return Account(
            id=self.caller.account or _account_of(functions, roles),
            functions=functions,
            roles=roles,
            scps=organization.scps,
            rcps=organization.rcps,
            resource_policies=tuple((arn, policy) for arn, policy in named if policy),
            organization=organization.id,
            partition=self.caller.partition,
            collected=self.checkpoint.started,
            gaps=(*gaps, *organization.not_evaluated),
        )

    def _functions(self) -> tuple[tuple[DeployedFunction, ...], tuple[NotEvaluated, ...]]:
        listed, gaps = list_functions(self.calls, self.caller.account) if self.wanted.everything else ({}, ())
        names = tuple({self._function_arn(name): name for name in (*listed, *self.wanted.functions)}.values())
        found = self.crew.map(lambda name: self._function(name, listed.get(name)), names)
        return _split(found, gaps)

    def _function(self, name: str, listed: ListedFunction | None) -> _Read[DeployedFunction]:
        kept = self.checkpoint.get(self._function_arn(name))
        if isinstance(kept, DeployedFunction):
            return kept, ()
        return self._kept(read_function(self.calls, name, listed))

    def _function_arn(self, name: str) -> str:
        """The ARN of a function by its ARN, qualified or not, or its name."""
        if name.startswith("arn:"):
            return ":".join(name.split(":")[:7])
        place = f"{self.caller.partition}:lambda:{self.calls.region}:{self.caller.account}"
        return f"arn:{place}:function:{function_name(name)}"

    def _roles(self, functions: Iterable[DeployedFunction]) -> tuple[tuple[Role, ...], tuple[NotEvaluated, ...]]:
        listed, gaps = list_roles(self.calls, self.caller.account) if self.wanted.everything else ((), ())
        arns = (*listed, *(function.role_arn for function in functions))
        named = {role_name(arn): arn for arn in arns}
        wanted = {role_name(each): each for each in self.wanted.roles}
        managed = ManagedPolicies(self.calls)
        names = tuple((wanted | named).values())
        return _split(self.crew.map(lambda name: self._role(managed, name), names), gaps)

    def _role(self, managed: ManagedPolicies, name: str) -> _Read[Role]:
        kept = self.checkpoint.get(name)
        return (kept, ()) if isinstance(kept, Role) else self._kept(read_role(self.calls, managed, name))

    def _kept(self, read: _Read[_Value]) -> _Read[_Value]:
        value, gaps = read
        if value is not None and not gaps:
            self.checkpoint.add(value)
        return read

    def _organization(self, account: str) -> Organization:
        return read_organization(self.calls, account)


def _split(
    found: Iterable[_Read[_Value]], before: tuple[NotEvaluated, ...]
) -> tuple[tuple[_Value, ...], tuple[NotEvaluated, ...]]:
    values: list[_Value] = []
    gaps = list(before)
    for value, missing in found:
        values += (value,) if value is not None else ()
        gaps += missing
    return tuple(values), tuple(gaps)


def _account_of(functions: tuple[DeployedFunction, ...], roles: tuple[Role, ...]) -> str:
    """The account's id where AWS did not tell: what was read names it."""
    read = [each.account for each in functions] + [each.account for each in roles]
    return next(iter(read), "")


def _check_something(account: Account) -> None:
    if account.functions or account.roles or account.resource_policies:
        return
    reasons = tuple(
        dict.fromkeys(
            f"{each.subject.name}: {each.reason}" for each in account.gaps if each.kind is NotEvaluatedKind.FAILED
        )
    )
    if reasons:
        more = f"\n  and {len(reasons) - _TOLD} more" if len(reasons) > _TOLD else ""
        listed = "".join(f"\n  {reason}" for reason in reasons[:_TOLD])
        raise NotEvaluatedError(f"nothing could be read of AWS{listed}{more}", hint="see --print-policy")
