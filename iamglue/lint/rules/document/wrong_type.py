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
_STRING_ELEMENTS = ("Sid", "Effect")
_LIST_ELEMENTS = ("Action", "NotAction", "Resource", "NotResource")
_PRINCIPAL_ELEMENTS = ("Principal", "NotPrincipal")


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Every value whose type is not that of its element."""
    node = policy.node
    if node.kind is NodeKind.SCALAR:
        yield RuleViolation(node, f"expected a policy document, which is a map, found {_describe(node)}")
    for name in ("Version", "Id"):
        yield from _string_violations(name, node.get(name))
    yield from _statement_violations(policy)
    for statement in policy_statements(policy):
        for key, value in statement.node.pairs:
            if value.kind is _SCALAR and not value.plain and key.text != "Condition":
                continue  # text, which nearly every value is
            if key.text not in _PRINCIPAL_ELEMENTS:
                yield from _element_violations(key.text, value)
            elif policy.type in RESOURCE_BASED_TYPES:
                yield from _principal_violations(key.text, value)


def _element_violations(name: str, value: Node) -> Iterator[RuleViolation]:
    if name in _LIST_ELEMENTS:
        yield from _string_list_violations(name, value)
    elif name == "Condition":
        yield from _condition_violations(value)
    elif name in _STRING_ELEMENTS:
        yield from _string_violations(name, value)


def _principal_violations(name: str, value: Node) -> Iterator[RuleViolation]:
    """The values of the map; what else is text or a list is of the wrong form, which another rule says."""
    if value.kind is NodeKind.SCALAR and not _is_text_or_unknown(value):
        yield RuleViolation(value, f"`{name}` is a map of principals, found {_describe(value)}")
    for kind, principals in value.pairs:
        yield from _string_list_violations(kind.text, principals)


def _statement_violations(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    if policy.node.kind is NodeKind.LIST and not any(statement.kind is NodeKind.MAP for statement in policy.node.items):
        return  # it is no list of statements, which is said of the document
    for statement in policy.statement_nodes:
        if statement.kind not in (NodeKind.MAP, NodeKind.UNKNOWN):
            message = f"expected a statement, which is a map, found {_describe(statement)}"
            yield RuleViolation(statement, message, fix=_build_unwrap_fix(statement, NodeKind.MAP))


def _string_violations(name: str, node: Node | None) -> Iterator[RuleViolation]:
    if node is not None and not _is_text_or_unknown(node):
        yield RuleViolation(
            node,
            f"`{name}` takes text, found {_describe(node)}",
            fix=_build_quoting_fix(node) or _build_unwrap_fix(node),
        )


def _string_list_violations(name: str, node: Node) -> Iterator[RuleViolation]:
    if node.kind is NodeKind.LIST:
        for item in node.items:
            if (item.plain or item.kind is not _SCALAR) and not _is_text_or_unknown(item):
                message = f"`{name}` takes texts, found {_describe(item)} among them"
                yield RuleViolation(item, message, fix=_build_quoting_fix(item) or _build_unwrap_fix(item))
    elif not _is_text_or_unknown(node):
        yield RuleViolation(
            node, f"`{name}` takes text or a list of texts, found {_describe(node)}", fix=_build_quoting_fix(node)
        )


def _condition_violations(node: Node) -> Iterator[RuleViolation]:
    if node.kind is not NodeKind.MAP:
        if node.kind is not NodeKind.UNKNOWN:
            message = f"`Condition` is a map of operators, found {_describe(node)}"
            yield RuleViolation(node, message, fix=_build_unwrap_fix(node, NodeKind.MAP))
        return
    for name, keys in node.pairs:
        if keys.kind not in (NodeKind.MAP, NodeKind.UNKNOWN):
            message = f"`{name.text}` is a map of condition keys, found {_describe(keys)}"
            yield RuleViolation(keys, message, fix=_build_unwrap_fix(keys, NodeKind.MAP))
        for key, value in keys.pairs:
            for item in value.items if value.kind is NodeKind.LIST else (value,):
                if item.kind is _SCALAR and not item.plain:
                    continue
                if item.kind not in (NodeKind.SCALAR, NodeKind.UNKNOWN) or item.is_null:
                    yield RuleViolation(
                        item, f"`{key.text}` takes a value or a list of values, found {_describe(item)}"
                    )


def _is_text_or_unknown(node: Node) -> bool:
    return node.kind is NodeKind.UNKNOWN or is_text(node)


def _build_quoting_fix(node: Node) -> Fix | None:
    if node.kind is not NodeKind.SCALAR or node.is_null:
        return None
    return build_fix("put it into quotes", replace_scalar(node, node.text))


def _build_unwrap_fix(node: Node, kind: NodeKind = NodeKind.SCALAR) -> Fix | None:
    item = node.items[0] if len(node.items) == 1 else None
    if item is None or item.kind is not kind:
        return None
    return build_fix("take the list off", unwrap_list(node))


def _describe(node: Node) -> str:
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
