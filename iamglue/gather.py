"""From what was read and declared to the cases of an audit: each role with its functions and what they need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from iamglue.errors import IamglueError
from iamglue.findings import Gap, NotEvaluated, Subject
from iamglue.generate import Choice, generate
from iamglue.iam.arns import split_fields
from iamglue.infer import infer_function
from iamglue.needs.roles import role_name
from iamglue.subjects.account import Account, DeployedFunction, Role
from iamglue.subjects.audit import Case
from iamglue.subjects.bundle import Bundle
from iamglue.subjects.spec import Function
from iamglue.subjects.usage import Usage

# Only AWS makes and changes these roles; nothing of them is for the account's owner to mend.
_OF_AWS = "/aws-service-role/"
_Bundles = tuple[tuple[str, Bundle], ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was asked for: names or ARNs of functions and of roles. Neither: everything that was read."""

    functions: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()

    def takes(self, role: Role, functions: Sequence[DeployedFunction]) -> bool:
        """Whether a role with its functions was asked for."""
        if not self.functions and not self.roles:
            return not role.path.startswith(_OF_AWS)
        named = {name for each in functions for name in (each.name, each.arn)}
        return bool({role.name, role.arn} & self.roles or named & self.functions)


@dataclass(slots=True)
class Gathered:
    """The cases, and why there are not more of them, or not more known of them."""

    cases: list[Case] = field(default_factory=list)
    gaps: list[NotEvaluated] = field(default_factory=list)

    def lacks(self, subject: Subject, what: str, reason: str) -> None:
        """Note that something was asked for and could not be evaluated."""
        self.gaps.append(NotEvaluated(Gap.FAILED, subject, what, reason))


def gathered(accounts: Sequence[Account], specs: Sequence[Function], usage: Usage, chosen: Chosen) -> Gathered:
    """The cases of all that was chosen, in the order of the roles."""
    found = Gathered()
    for account in accounts:
        _of_account(account, specs, usage, chosen, found)
    _note_absent(accounts, specs, chosen, found)
    return found


def _of_account(account: Account, specs: Sequence[Function], usage: Usage, chosen: Chosen, found: Gathered) -> None:
    running: dict[str, list[DeployedFunction]] = {}
    for function in account.functions:
        running.setdefault(function.role_arn, []).append(function)
    for role in account.roles:
        functions = tuple(running.pop(role.arn, ()))
        if chosen.takes(role, functions):
            found.cases.append(_case(role, functions, account, specs, usage, chosen, found))
    for arn, functions_of_it in running.items():
        for each in functions_of_it:
            if not chosen.functions & {each.name, each.arn} and (chosen.functions or chosen.roles):
                continue
            reason = f"its role `{arn}` was not read"
            found.lacks(Subject("function", each.name, each.arn), f"what `{each.name}` may do", reason)


def _case(
    role: Role,
    functions: tuple[DeployedFunction, ...],
    account: Account,
    specs: Sequence[Function],
    usage: Usage,
    chosen: Chosen,
    found: Gathered,
) -> Case:
    declared = tuple(_declared(role, functions, account, specs, chosen, found))
    configured = tuple(_configured(functions, account, found))
    inferred = not declared and bool(configured)
    return Case(role, functions, account, usage, declared or configured, inferred, configured)


def _declared(
    role: Role,
    functions: tuple[DeployedFunction, ...],
    account: Account,
    specs: Sequence[Function],
    chosen: Chosen,
    found: Gathered,
) -> Iterator[tuple[str, Bundle]]:
    """What the specs declare for the functions of a role."""
    for deployed in functions:
        for spec in specs:
            if _means(spec, deployed):
                yield from _bundle(spec, _choice(deployed, account), found)
    if not account.functions:
        # Where functions were not read, as in an export of IAM alone, a name has to tell whose role it is.
        for spec in specs:
            named = role.name == role_name(spec.name) or (len(specs) == 1 and {role.name, role.arn} & chosen.roles)
            if named and spec.account in (None, role.account):
                yield from _bundle(spec, Choice(spec.region, role.account, spec.partition or account.partition), found)


def _means(spec: Function, deployed: DeployedFunction) -> bool:
    """Whether a spec's function is a deployed one: a Region or account that the spec leaves out may be any."""
    if spec.name != deployed.name:  # as nearly always: there may be thousands of both
        return False
    return _agree(spec.region, deployed.region) and _agree(spec.account, deployed.account)


def _agree(said: str | None, known: str) -> bool:
    """Whether a Region or account of a spec may be that of a function, which a template does not tell."""
    return said in (None, known) or known.startswith("${")


def _configured(
    functions: tuple[DeployedFunction, ...], account: Account, found: Gathered
) -> Iterator[tuple[str, Bundle]]:
    for deployed in functions:
        spec = infer_function(deployed)
        yield from _bundle(spec, _choice(deployed, account), found)


def _choice(deployed: DeployedFunction, account: Account) -> Choice:
    partition = split_fields(deployed.arn)[1]
    planned = account.planned
    return Choice(deployed.region, deployed.account, partition, pseudo=planned, parameters=planned)


def _bundle(function: Function, choice: Choice, found: Gathered) -> Iterator[tuple[str, Bundle]]:
    try:
        yield function.name, generate(function, choice)
    except IamglueError as error:
        found.lacks(Subject("function", function.name), f"what `{function.name}` needs", str(error))


def _note_absent(accounts: Sequence[Account], specs: Sequence[Function], chosen: Chosen, found: Gathered) -> None:
    """What was named and is not there."""
    functions = [each for account in accounts for each in account.functions]
    known = {name for each in functions for name in (each.name, each.arn)}
    for name in sorted(chosen.functions - known):
        found.lacks(Subject("function", name), f"the function `{name}`", "it is not among what was read")
    roles = {name for account in accounts for each in account.roles for name in (each.name, each.arn)}
    for name in sorted(chosen.roles - roles):
        found.lacks(Subject("role", name), f"the role `{name}`", "it is not among what was read")
    declared = {name for case in found.cases for name, _ in case.needed if not case.inferred}
    tried = {gap.subject.name for gap in found.gaps}
    for spec in specs:
        wanted = not (chosen.functions or chosen.roles) or spec.name in chosen.functions
        if wanted and spec.name not in declared | tried:
            reason = "no function of this name, Region and account is among what was read"
            found.lacks(Subject("function", spec.name), f"what the spec declares for `{spec.name}`", reason)
