"""A character that IAM does not accept in a policy.

A policy document may contain tabs, line ends, and the characters from U+0020 to U+00FF. IAM rejects typographic quotes,
long dashes and zero-width spaces, which word processors and chat programs insert. The fix writes the plain character.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamglue.findings import Fix, Severity, build_fix
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType
from iamglue.policy.source.edits import replace_scalar
from iamglue.policy.source.nodes import Node, NodeKind

RULE = Rule(Severity.ERROR, types=frozenset({PolicyType.IDENTITY, PolicyType.TRUST}))

_UNSUPPORTED = re.compile("[^\t\n\r -\u00ff]")
_REPLACEMENTS = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2010": "-",
        "\u2011": "-",
        "\u2012": "-",
        "\u2013": "-",
        "\u2014": "-",
        "\u2212": "-",
        "\u2026": "...",
        "\u200b": None,
        "\u200c": None,
        "\u200d": None,
        "\u2060": None,
        "\ufeff": None,
        "\u2217": "*",
    }
)


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find values with such a character. A Sid has a rule of its own."""
    node = policy.node
    if node.source.text.isascii() or not _UNSUPPORTED.search(node.source.text, node.start, node.end):
        return
    sids = {id(statement.sid) for statement in policy.statements}
    for descendant in node.walk():
        match = (
            _UNSUPPORTED.search(descendant.text)
            if descendant.kind is NodeKind.SCALAR and id(descendant) not in sids
            else None
        )
        if match and match[0] in descendant.source.text[descendant.start : descendant.end]:
            message = f"the character U+{ord(match[0]):04X} is not valid in an IAM policy"
            yield RuleViolation(descendant, message, fix=_build_replacement_fix(descendant))


def _build_replacement_fix(node: Node) -> Fix | None:
    """Replace all unsupported characters; None if there is one without a plain equivalent."""
    replaced = node.text.translate(_REPLACEMENTS)
    return (
        None if _UNSUPPORTED.search(replaced) else build_fix("write plain characters", replace_scalar(node, replaced))
    )


GOOD = (
    RuleExample('{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/Gr\u00fc\u00dfe/*"}'),
    RuleExample("# \u201cquoted\u201d\nVersion: 2012-10-17\nStatement: []\n"),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images\u2013new/*"}',
        fixed='{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images-new/*"}',
    ),
    RuleExample('{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/\u5199\u771f/*"}'),
)
