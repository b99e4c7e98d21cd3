"""The requests that can exist, as far as the keys say that are always, or never, in the context.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html ("Availability" of each key)
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.context_keys import always_present_keys
from iamglue.engine.solve.access import EVERYTHING, Access, access_of_statement
from iamglue.engine.solve.dependent_keys import SOURCE_KEYS
from iamglue.policy.conditions import Condition, build_condition
from iamglue.policy.model import Effect, MatchList, Statement

# Only requests of a service itself have these. Identity-based policies apply to users and roles.
_SERVICE_NAME_KEYS = ("aws:principalservicename", "aws:principalservicenameslist")
_IS_SERVICE = "aws:PrincipalIsAWSService"


def possible_requests(*accesses: Access) -> Access:
    """The requests that have all keys that they must have, among the keys that the statements of the accesses test.

    If no statement has a Principal, they are identity-based, so that they apply to signed requests of users and roles.
    """
    terms = [term for access in accesses for term in access.terms]
    is_signed = all(term.statement.principals is None for term in terms)
    tested = {key: name for access in accesses for key, name in access.tested_keys.items()}
    conditions = tuple(_conditions(tested, is_signed=is_signed))
    if not conditions:
        return EVERYTHING
    everything = MatchList(("*",))
    return access_of_statement(Statement(Effect.ALLOW, everything, everything, conditions))


def _conditions(tested: dict[str, str], *, is_signed: bool) -> Iterator[Condition]:
    """The conditions that all requests meet."""
    for key in sorted(always_present_keys(signed=is_signed) & tested.keys()):
        yield build_condition("Null", tested[key], "false")
    if is_signed and (_IS_SERVICE.lower() in tested or not SOURCE_KEYS.isdisjoint(tested)):
        yield build_condition("Bool", tested.get(_IS_SERVICE.lower(), _IS_SERVICE), "false")
    for key in _SERVICE_NAME_KEYS:
        if is_signed and key in tested:
            yield build_condition("Null", tested[key], "true")
