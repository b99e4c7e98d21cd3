"""Data that looks like policy documents: words of the language where they belong and where they do not."""

from __future__ import annotations

from hypothesis import strategies as st

STATEMENT = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
_WORDS = st.sampled_from(
    [
        "Version", "Id", "Statement", "Sid", "Effect", "Principal", "NotPrincipal",
        "Action", "NotAction", "Resource", "NotResource", "Condition", "AWS", "Service",
        "Allow", "Deny", "allow", "*", "2012-10-17", "2008-10-17", "s3:GetObject",
        "StringEquals", "stringequals", "Bool", "aws:SourceIp", "x",
    ]
)  # fmt: skip
_SCALARS = st.one_of(
    _WORDS,
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=3),
)
DATA = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_WORDS, inner, max_size=5), max_leaves=8
)
# Statements that are valid, except where a word or value of any kind was put in.
STATEMENTS = st.dictionaries(_WORDS, DATA, max_size=2).map(lambda more: STATEMENT | more)
