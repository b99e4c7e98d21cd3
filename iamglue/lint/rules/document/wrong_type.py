"""A value of the wrong JSON type: a number where text is expected, a list where a map is.

IAM reads `Version`, `Id`, `Sid` and `Effect` as text; `Action`, `Resource` and the values of `Principal` as text or a
list of texts; `Statement` as a map or a list of maps; `Condition` as a map of maps. Account ids are text too: as a
number `012345678901` would lose its zero. The fix puts a bare word into quotes, or takes the list off a single value.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Fix, Severity, build_fix
from iamglue.lint.analysis.bare_statements import policy_statements
from iamglue.lint.rule import RESOURCE_BASED_TYPES, Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType
from iamglue.policy.parsed_values import is_text
from iamglue.policy.source.edits import replace_scalar
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.policy.source.wrapping import unwrap_list

RULE = Rule(Severity.ERROR, codes=("DATA_TYPE_MISMATCH",))

_SCALAR = NodeKind.SCALAR  # an Enum's member takes long to get at, and every text of a policy is looked at
_TEXTS = ("Sid", "Effect")
_LISTS = ("Action", "NotAction", "Resource", "NotResource")
_PRINCIPALS = ("Principal", "NotPrincipal")


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Every value whose type is not that of its element."""
    node = policy.node
    if node.kind is NodeKind.SCALAR:
        yield RuleViolation(node, f"expected a policy document, which is a map, found {_described(node)}")
    for name in ("Version", "Id"):
        yield from _text(name, node.get(name))
    yield from _statement_values(policy)
    for statement in policy_statements(policy):
        for key, value in statement.node.pairs:
            if value.kind is _SCALAR and not value.plain and key.text != "Condition":
                continue  # text, which nearly every value is
            if key.text not in _PRINCIPALS:
                yield from _element(key.text, value)
            elif policy.type in RESOURCE_BASED_TYPES:
                yield from _principal(key.text, value)


def _element(name: str, value: Node) -> Iterator[RuleViolation]:
    if name in _LISTS:
        yield from _texts(name, value)
    elif name == "Condition":
        yield from _condition(value)
    elif name in _TEXTS:
        yield from _text(name, value)


def _principal(name: str, value: Node) -> Iterator[RuleViolation]:
    """The values of the map; what else is text or a list is of the wrong form, which another rule says."""
    if value.kind is NodeKind.SCALAR and not _is_fine(value):
        yield RuleViolation(value, f"`{name}` is a map of principals, found {_described(value)}")
    for kind, of in value.pairs:
        yield from _texts(kind.text, of)


def _statement_values(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    if policy.node.kind is NodeKind.LIST and not any(each.kind is NodeKind.MAP for each in policy.node.items):
        return  # it is no list of statements, which is said of the document
    for each in policy.statement_nodes:
        if each.kind not in (NodeKind.MAP, NodeKind.UNKNOWN):
            message = f"expected a statement, which is a map, found {_described(each)}"
            yield RuleViolation(each, message, fix=_of_one(each, NodeKind.MAP))


def _text(name: str, node: Node | None) -> Iterator[RuleViolation]:
    if node is not None and not _is_fine(node):
        yield RuleViolation(node, f"`{name}` takes text, found {_described(node)}", fix=_quoted(node) or _of_one(node))


def _texts(name: str, node: Node) -> Iterator[RuleViolation]:
    if node.kind is NodeKind.LIST:
        for each in node.items:
            if (each.plain or each.kind is not _SCALAR) and not _is_fine(each):
                message = f"`{name}` takes texts, found {_described(each)} among them"
                yield RuleViolation(each, message, fix=_quoted(each) or _of_one(each))
    elif not _is_fine(node):
        yield RuleViolation(
            node, f"`{name}` takes text or a list of texts, found {_described(node)}", fix=_quoted(node)
        )


def _condition(node: Node) -> Iterator[RuleViolation]:
    if node.kind is not NodeKind.MAP:
        if node.kind is not NodeKind.UNKNOWN:
            message = f"`Condition` is a map of operators, found {_described(node)}"
            yield RuleViolation(node, message, fix=_of_one(node, NodeKind.MAP))
        return
    for name, keys in node.pairs:
        if keys.kind not in (NodeKind.MAP, NodeKind.UNKNOWN):
            message = f"`{name.text}` is a map of condition keys, found {_described(keys)}"
            yield RuleViolation(keys, message, fix=_of_one(keys, NodeKind.MAP))
        for key, value in keys.pairs:
            for each in value.items if value.kind is NodeKind.LIST else (value,):
                if each.kind is _SCALAR and not each.plain:
                    continue
                if each.kind not in (NodeKind.SCALAR, NodeKind.UNKNOWN) or each.is_null:
                    yield RuleViolation(
                        each, f"`{key.text}` takes a value or a list of values, found {_described(each)}"
                    )


def _is_fine(node: Node) -> bool:
    return node.kind is NodeKind.UNKNOWN or is_text(node)


def _quoted(node: Node) -> Fix | None:
    if node.kind is not NodeKind.SCALAR or node.is_null:
        return None
    return build_fix("put it into quotes", replace_scalar(node, node.text))


def _of_one(node: Node, shape: NodeKind = NodeKind.SCALAR) -> Fix | None:
    inner = node.items[0] if len(node.items) == 1 else None
    if inner is None or inner.kind is not shape:
        return None
    return build_fix("take the list off", unwrap_list(node))


def _described(node: Node) -> str:
    if node.kind is not NodeKind.SCALAR:
        return f"a {node.kind.value}"
    if not node.text or node.is_null:
        return "nothing"
    return f"`{node.text}`" if node.plain else "text"


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "*", "Condition": {"Bool": {"a:b": true}}}'
    ),
    RuleExample("Version: 2012-10-17\nStatement:\n  Effect: Allow\n  Action: s3:GetObject\n  Resource: '*'\n"),
    RuleExample(
        '{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"NumericLessThan": {"a:b": [1, 2]}}}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Principal": {"AWS": 123456789012}, "Action": "sts:AssumeRole"}',
        PolicyType.TRUST,
        fixed='{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole"}',
    ),
    RuleExample(
        '{"Effect": ["Allow"], "Action": "s3:GetObject", "Resource": "*"}',
        fixed='{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}',
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": {"s3": "GetObject"}, "Resource": null}', codes=("DATA_TYPE_MISMATCH",) * 2
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": [{"Bool": {"aws:SecureTransport": "true"}}]}',
        fixed='{"Effect": "Allow", "Action": "*", "Resource": "*", '
        '"Condition": {"Bool": {"aws:SecureTransport": "true"}}}',
    ),
)
