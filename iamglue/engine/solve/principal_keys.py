"""The condition keys that depend on who calls: what requests of a principal hold under them, as far as it matters.

A policy may name somebody by `Principal` and by a condition key: `"Principal": "*"` with `aws:PrincipalAccount`. Both
are compared by tests of the keys that tell apart those whom the Principal elements tell apart.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from iamglue.engine.evaluate.callers import KINDS_WITHOUT_IDENTITY_POLICIES, CallerKind, RequestCaller, parse_caller
from iamglue.engine.evaluate.conditions import condition_test
from iamglue.engine.evaluate.truth import Truth
from iamglue.engine.solve.access import StatementTerm
from iamglue.errors import IamglueError
from iamglue.policy.arns import parse_arn
from iamglue.policy.conditions import Condition, build_condition
from iamglue.policy.model import Principal

PRINCIPAL_ARN, PRINCIPAL_ACCOUNT, PRINCIPAL_TYPE = "aws:principalarn", "aws:principalaccount", "aws:principaltype"
USERNAME, PRINCIPAL_SERVICE_NAME, PRINCIPAL_IS_AWS_SERVICE = (
    "aws:username",
    "aws:principalservicename",
    "aws:principalisawsservice",
)
PRINCIPAL_KEYS = frozenset(
    {PRINCIPAL_ARN, PRINCIPAL_ACCOUNT, PRINCIPAL_TYPE, USERNAME, PRINCIPAL_SERVICE_NAME, PRINCIPAL_IS_AWS_SERVICE}
)
_NO_CUSTOMER = "no customer's account"
_TYPES = ("Account", "User", "AssumedRole", "FederatedUser", "Anonymous")
# By key: the tests that tell principals apart.
KeyTests = dict[str, tuple[Condition, ...]]
# By key: what those tests come to. A key that is left out may hold anything.
KeyTruths = tuple[tuple[str, tuple[Truth, ...]], ...]


def principal_key_tests(leaves: Sequence[StatementTerm]) -> KeyTests:
    """Tests of each key that some statement tests and that depends on who calls; none if no statement has a Principal.

    Principals whom some Principal element tells apart come out differently in some test, where the key tells it at all.
    """
    elements = [leaf.statement.principals for leaf in leaves if leaf.statement.principals]
    if not elements:
        return {}
    used = {test.key.lower() for leaf in leaves for test in leaf.statement.conditions} & PRINCIPAL_KEYS
    named = sorted({value for element in elements for value in element.values})
    return {key: (build_condition("Null", key, "true"), *dict.fromkeys(_tests(key, named))) for key in sorted(used)}


def principal_key_truths(principal: str | None, tests: KeyTests) -> KeyTruths:
    """What the tests come to for requests of a principal."""
    if principal is None or not tests:
        return ()
    try:
        who = parse_caller(principal)
    except IamglueError:  # an id that stands for somebody
        return ()
    # Every request carries the key; services and users of identity providers belong to no account that a policy names.
    known: dict[str, tuple[str, ...]] = {PRINCIPAL_ACCOUNT: (_NO_CUSTOMER,)}
    if who.kind is CallerKind.SERVICE:  # all signed requests carry an ARN; which one a service's do is not said
        known[PRINCIPAL_ARN] = (_NO_CUSTOMER,)
    known |= {key.lower(): values for key, values in who.known_keys.items()}
    return tuple(
        (key, tuple(condition_test(test, variables=False)(known) for test in own))
        for key, own in tests.items()
        if key in known or _is_surely_absent(key, who)
    )


def _is_surely_absent(key: str, who: RequestCaller) -> bool:
    """Whether requests of a caller never carry a key that `known_keys` leaves out."""
    return key in (USERNAME, PRINCIPAL_SERVICE_NAME) or (
        key == PRINCIPAL_ARN and who.kind in KINDS_WITHOUT_IDENTITY_POLICIES
    )


def _tests(key: str, named: Iterable[Principal]) -> Iterator[Condition]:
    if key == PRINCIPAL_TYPE:
        yield from (build_condition("StringEquals", key, kind) for kind in _TYPES)
    if key == PRINCIPAL_IS_AWS_SERVICE:
        yield build_condition("Bool", key, "true")
    for principal in named:
        if principal.kind == "Service" and key == PRINCIPAL_SERVICE_NAME:
            yield build_condition("StringEquals", key, principal.value)
        if principal.kind == "AWS" and key in (PRINCIPAL_ACCOUNT, PRINCIPAL_ARN):
            yield from _account_tests(key, principal.value)


def _account_tests(key: str, value: str) -> Iterator[Condition]:
    arn = parse_arn(value)
    account = arn.account if arn else value
    if key == PRINCIPAL_ACCOUNT:
        yield build_condition("StringEquals", key, account)
        return
    yield build_condition("ArnLike", key, f"arn:*:*::{account}:*")
    if arn is None:
        return
    kind, _, name = arn.resource.partition("/")
    if kind in ("role", "assumed-role"):
        # Its path does not tell a role apart, and a session's ARN leaves it out.
        role = name.rpartition("/")[2] if kind == "role" else name.partition("/")[0]
        yield build_condition("ArnLike", key, *(f"arn:*:iam::{account}:role/{path}{role}" for path in ("", "*/")))
    elif kind != "root":
        yield build_condition("StringEquals", key, value)
