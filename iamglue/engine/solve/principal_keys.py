"""The condition keys that depend on the principal, and their possible results for each principal.

A policy may name a principal by `Principal` or by a condition key: `"Principal": "*"` with `aws:PrincipalAccount`. To
compare both, tests of the keys distinguish the principals that the Principal elements distinguish.
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
_NO_CUSTOMER_ACCOUNT = "no customer's account"
_PRINCIPAL_TYPES = ("Account", "User", "AssumedRole", "FederatedUser", "Anonymous")
# By key: the tests that distinguish principals.
KeyTests = dict[str, tuple[Condition, ...]]
# By key: the results of those tests. A missing key may have any value.
KeyTruths = tuple[tuple[str, tuple[Truth, ...]], ...]


def principal_key_tests(terms: Sequence[StatementTerm]) -> KeyTests:
    """Tests of each principal key that some statement uses; none if no statement has a Principal.

    Principals that a Principal element distinguishes have different results in some test, if the key depends on the
    difference.
    """
    elements = [term.statement.principals for term in terms if term.statement.principals]
    if not elements:
        return {}
    used = {test.key.lower() for term in terms for test in term.statement.conditions} & PRINCIPAL_KEYS
    named = sorted({value for element in elements for value in element.values})
    return {
        key: (build_condition("Null", key, "true"), *dict.fromkeys(_build_tests(key, named))) for key in sorted(used)
    }


def principal_key_truths(principal: str | None, tests: KeyTests) -> KeyTruths:
    """The results of the tests for requests of a principal."""
    if principal is None or not tests:
        return ()
    try:
        caller = parse_caller(principal)
    except IamglueError:  # a canonical user ID
        return ()
    # Every request has this key. Services and users of identity providers belong to no account that a policy names.
    key_values: dict[str, tuple[str, ...]] = {PRINCIPAL_ACCOUNT: (_NO_CUSTOMER_ACCOUNT,)}
    if caller.kind is CallerKind.SERVICE:  # every signed request has an ARN, but AWS does not document a service's
        key_values[PRINCIPAL_ARN] = (_NO_CUSTOMER_ACCOUNT,)
    key_values |= {key.lower(): values for key, values in caller.known_keys.items()}
    return tuple(
        (key, tuple(condition_test(test, variables=False)(key_values) for test in key_tests))
        for key, key_tests in tests.items()
        if key in key_values or _is_always_absent(key, caller)
    )


def _is_always_absent(key: str, caller: RequestCaller) -> bool:
    """Whether requests of a caller never have a key that `known_keys` does not list."""
    return key in (USERNAME, PRINCIPAL_SERVICE_NAME, PRINCIPAL_IS_AWS_SERVICE) or (
        key == PRINCIPAL_ARN and caller.kind in KINDS_WITHOUT_IDENTITY_POLICIES
    )


def _build_tests(key: str, named: Iterable[Principal]) -> Iterator[Condition]:
    """The tests of one key that distinguish the named principals."""
    if key == PRINCIPAL_TYPE:
        yield from (build_condition("StringEquals", key, kind) for kind in _PRINCIPAL_TYPES)
    if key == PRINCIPAL_IS_AWS_SERVICE:
        yield build_condition("Bool", key, "true")
    for principal in named:
        if principal.kind == "Service" and key == PRINCIPAL_SERVICE_NAME:
            yield build_condition("StringEquals", key, principal.value)
        if principal.kind == "AWS" and key in (PRINCIPAL_ACCOUNT, PRINCIPAL_ARN):
            yield from _build_account_tests(key, principal.value)


def _build_account_tests(key: str, value: str) -> Iterator[Condition]:
    """The tests for a principal given as an ARN or an account ID."""
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
        # The path is left out, because a session's ARN does not include it.
        role = name.rpartition("/")[2] if kind == "role" else name.partition("/")[0]
        yield build_condition("ArnLike", key, *(f"arn:*:iam::{account}:role/{path}{role}" for path in ("", "*/")))
    elif kind != "root":
        yield build_condition("StringEquals", key, value)
