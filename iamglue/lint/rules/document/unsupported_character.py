"""A character that IAM does not take in a policy.

A policy document has tabs, line ends, and the characters from U+0020 to U+00FF. IAM refuses one with a typographic
quote, a long dash or a space of no width, as word processors and chats put them in. The fix writes the plain character.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamglue.findings import Fix, Severity, fix
from iamglue.lint.rule import Case, Hit, Rule
from iamglue.policy.parsed_policy import PolicyType, WrittenPolicy
from iamglue.policy.source.edits import rewritten
from iamglue.policy.source.nodes import Node, Shape

RULE = Rule(Severity.ERROR, types=frozenset({PolicyType.IDENTITY, PolicyType.TRUST}))

_OTHER = re.compile("[^\t\n\r -\u00ff]")
_PLAIN = str.maketrans(
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


def check(policy: WrittenPolicy) -> Iterator[Hit]:
    """Every text with such a character."""
    node = policy.node
    if node.origin.text.isascii() or not _OTHER.search(node.origin.text, node.start, node.end):
        return
    sids = {id(statement.sid) for statement in policy.statements}
    for each in node.walk():
        found = _OTHER.search(each.text) if each.shape is Shape.SCALAR and id(each) not in sids else None
        if found and found[0] in each.origin.text[each.start : each.end]:
            message = f"IAM does not take the character U+{ord(found[0]):04X} in a policy"
            yield Hit(each, message, fix=_mended(each))


def _mended(node: Node) -> Fix | None:
    plain = node.text.translate(_PLAIN)
    return None if _OTHER.search(plain) else fix("write plain characters", rewritten(node, plain))


GOOD = (
    Case('{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/Gr\u00fc\u00dfe/*"}'),
    Case("# \u201cquoted\u201d\nVersion: 2012-10-17\nStatement: []\n"),
)
BAD = (
    Case(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images\u2013new/*"}',
        fixed='{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images-new/*"}',
    ),
    Case('{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/\u5199\u771f/*"}'),
)
