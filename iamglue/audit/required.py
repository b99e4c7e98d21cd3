"""What the functions of a role need: as specs declare it, and as far as their own configuration tells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from iamglue.errors import IamglueError
from iamglue.findings import Gap, NotEvaluated, Subject
from iamglue.generate.generate import Choice, generate
from iamglue.generate.requirements.roles import role_name
from iamglue.infer.function import infer_function
from iamglue.model.account import Account, DeployedFunction, Role
from iamglue.model.permission_set import Bundle
from iamglue.model.spec import Function
from iamglue.policy.arns import split_fields

# Told of whom it is not known what they need: the subject, what is not known, and why.
Lacks = Callable[[Subject, str, str], None]
_Bundles = Iterator[tuple[str, Bundle]]


def by_specs(
    specs: Sequence[Function],
    role: Role,
    functions: Sequence[DeployedFunction],
    account: Account,
    roles: frozenset[str],
    lacks: Lacks,
) -> _Bundles:
    """What specs declare for the functions of a role, each by its name; `roles` are those that were asked for."""
    for deployed in functions:
        for spec in specs:
            if _means(spec, deployed):
                yield from _bundle(spec, _choice(deployed, account), lacks)
    if not account.functions:
        # Where functions were not read, as in an export of IAM alone, a name has to tell whose role it is.
        for spec in specs:
            named = role.name == role_name(spec.name) or (len(specs) == 1 and {role.name, role.arn} & roles)
            if named and spec.account in (None, role.account):
                yield from _bundle(spec, Choice(spec.region, role.account, spec.partition or account.partition), lacks)


def by_configuration(
    functions: Sequence[DeployedFunction], account: Account
) -> tuple[tuple[tuple[str, Bundle], ...], list[NotEvaluated]]:
    """What functions need as they are configured, each by its name, and of which of them it is not known."""
    gaps: list[NotEvaluated] = []

    def lacks(subject: Subject, what: str, reason: str) -> None:
        gaps.append(NotEvaluated(Gap.FAILED, subject, what, reason))

    found = [_bundle(infer_function(each), _choice(each, account), lacks) for each in functions]
    return tuple(named for each in found for named in each), gaps


def _means(spec: Function, deployed: DeployedFunction) -> bool:
    """Whether a spec's function is a deployed one: a Region or account that the spec leaves out may be any."""
    if spec.name != deployed.name:  # as nearly always: there may be thousands of both
        return False
    return _agree(spec.region, deployed.region) and _agree(spec.account, deployed.account)


def _agree(said: str | None, known: str) -> bool:
    """Whether a Region or account of a spec may be that of a function, which a template does not tell."""
    return said in (None, known) or known.startswith("${")


def _choice(deployed: DeployedFunction, account: Account) -> Choice:
    partition = split_fields(deployed.arn)[1]
    planned = account.planned
    return Choice(deployed.region, deployed.account, partition, pseudo=planned, parameters=planned)


def _bundle(function: Function, choice: Choice, lacks: Lacks) -> _Bundles:
    try:
        yield function.name, generate(function, choice)
    except IamglueError as error:
        lacks(Subject("function", function.name), f"what `{function.name}` needs", str(error))
