"""Random policies, built as values."""

from __future__ import annotations

from hypothesis import strategies as st

from iamglue.policy.conditions import OPERATORS, QUANTIFIERS, Condition, Operator
from iamglue.policy.model import (
    EVERYONE,
    VERSION_2008,
    VERSION_2012,
    Effect,
    MatchList,
    Policy,
    Principal,
    Principals,
    Statement,
)

# Everything that a JSON text can carry, lone surrogates too: a document is refused later, never a crash.
ANY_TEXT = st.text(st.characters(), max_size=12)
ACTIONS = st.one_of(
    st.just("*"), st.builds("{}:{}".format, st.sampled_from(["s3", "SQS", "a*"]), st.text("Gea*?", max_size=5))
)


def lists(values, *, least=0):
    return st.lists(values, min_size=least, max_size=4).map(tuple)


def operators():
    null = st.builds(Operator, st.just("Null"), st.sampled_from(["", *QUANTIFIERS]))
    others = st.sampled_from([name for name in OPERATORS if name != "Null"])
    return st.one_of(null, st.builds(Operator, others, st.sampled_from(["", *QUANTIFIERS]), st.booleans()))


CONDITIONS = st.lists(
    st.builds(Condition, operators(), ANY_TEXT, lists(ANY_TEXT)),
    max_size=3,
    unique_by=lambda condition: (condition.operator, condition.key),
).map(tuple)
NAMED = lists(st.builds(Principal, st.sampled_from(["AWS", "Service", "Federated", "CanonicalUser"]), ANY_TEXT))
PRINCIPALS = st.builds(Principals, st.one_of(st.just((EVERYONE,)), NAMED), st.booleans())
IN_IDENTITY = st.builds(
    Statement,
    st.sampled_from(Effect),
    st.builds(MatchList, lists(ACTIONS), st.booleans()),
    st.builds(MatchList, lists(ANY_TEXT), st.booleans()),
    CONDITIONS,
    st.none(),
    st.none() | ANY_TEXT,
)
IN_RESOURCE = st.builds(
    Statement,
    st.sampled_from(Effect),
    st.builds(MatchList, lists(ACTIONS), st.booleans()),
    st.none() | st.builds(MatchList, lists(ANY_TEXT), st.booleans()),
    CONDITIONS,
    PRINCIPALS,
    st.none() | ANY_TEXT,
)
POLICIES = st.builds(
    Policy,
    lists(st.one_of(IN_IDENTITY, IN_RESOURCE)),
    st.sampled_from([None, VERSION_2012, VERSION_2008]),
    st.none() | ANY_TEXT,
)
