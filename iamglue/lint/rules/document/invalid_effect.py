"""An Effect that is neither `Allow` nor `Deny`, spelt exactly so.

The words are case-sensitive: IAM refuses `allow`. The fix writes the one that was meant.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_effect.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity, fix
from iamglue.lint.analysis.element_names import statements
from iamglue.lint.rule import Case, Hit, Rule
from iamglue.policy.parsed_policy import WrittenPolicy
from iamglue.policy.parsed_values import is_text
from iamglue.policy.source.edits import rewritten
from iamglue.policy.spelling import nearest

RULE = Rule(Severity.ERROR, codes=("INVALID_EFFECT",))

_EFFECTS = ("Allow", "Deny")


def check(policy: WrittenPolicy) -> Iterator[Hit]:
    """Every other text as an Effect."""
    for statement in statements(policy):
        if statement.effect is not None:
            continue
        node = statement.get("Effect")
        if node is None or not is_text(node) or node.holes:
            continue
        right = nearest(node.text.strip(), _EFFECTS)
        mended = fix(f"write `{right}`", rewritten(node, right)) if right else None
        yield Hit(node, f"`Effect` is `Allow` or `Deny`, spelt so; found `{node.text}`", fix=mended)


GOOD = (
    Case('{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"}'),
    Case('{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"}'),
)
BAD = (
    Case(
        '{"Effect": "allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"}',
        fixed='{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"}',
    ),
    Case('{"Effect": "Permit", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"}'),
)
