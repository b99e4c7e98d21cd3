"""A value of the wrong JSON type: for example a number instead of a string, or a list instead of a map.

`Version`, `Id`, `Sid` and `Effect` are strings; `Action`, `Resource` and the values of `Principal` are strings or lists
of strings; `Statement` is a map or a list of maps; `Condition` is a map of maps. Account IDs are strings too: as a
number, `012345678901` would lose its leading zero. The fix adds quotes, or removes the list around a single value.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Fix, Severity, build_fix
from iamglue.lint.analysis.bare_statements import policy_statements
from iamglue.lint.rule import RESOURCE_BASED_TYPES, Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType
from iamglue.policy.parsed_values import is_text, items
from iamglue.policy.source.edits import replace_scalar
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.policy.source.wrapping import unwrap_list

RULE = Rule(Severity.ERROR, codes=("DATA_TYPE_MISMATCH",))

_SCALAR = NodeKind.SCALAR  # access to an Enum member is slow, and this runs for every value of a policy
_STRING_ELEMENTS = ("Sid", "Effect")
_LIST_ELEMENTS = ("Action", "NotAction", "Resource", "NotResource")
_PRINCIPAL_ELEMENTS = ("Principal", "NotPrincipal")


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find values whose type is not valid for their element."""
    node = policy.node
    if node.kind is NodeKind.SCALAR:
        yield RuleViolation(node, f"a policy document must be a map, not {_describe(node)}")
    for name in ("Version", "Id"):
        yield from _string_violations(name, node.get(name))
    yield from _statement_violations(policy)
    for statement in policy_statements(policy):
        for key, value in statement.node.pairs:
            if value.kind is _SCALAR and not value.plain and key.text != "Condition":
                continue  # fast path: nearly every value is a string
            if key.text not in _PRINCIPAL_ELEMENTS:
                yield from _element_violations(key.text, value)
            elif policy.type in RESOURCE_BASED_TYPES:
                yield from _principal_violations(key.text, value)


def _element_violations(name: str, value: Node) -> Iterator[RuleViolation]:
    """Yield the violations of an element of a statement."""
    if name in _LIST_ELEMENTS:
        yield from _string_list_violations(name, value)
    elif name == "Condition":
        yield from _condition_violations(value)
    elif name in _STRING_ELEMENTS:
        yield from _string_violations(name, value)


def _principal_violations(name: str, value: Node) -> Iterator[RuleViolation]:
    """Check the values of the map. A string or a list instead of the map is reported by another rule."""
    if value.kind is NodeKind.SCALAR and not _is_text_or_unknown(value):
        yield RuleViolation(value, f"`{name}` must be a map of principals, not {_describe(value)}")
    for kind, principals in value.pairs:
        yield from _string_list_violations(kind.text, principals)


def _statement_violations(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Yield the statements that are not maps."""
    if policy.node.kind is NodeKind.LIST and not any(statement.kind is NodeKind.MAP for statement in policy.node.items):
        return  # not a list of statements: another rule reports the document
    for statement in policy.statement_nodes:
        if statement.kind not in (NodeKind.MAP, NodeKind.UNKNOWN):
            message = f"a statement must be a map, not {_describe(statement)}"
            yield RuleViolation(statement, message, fix=_build_unwrap_fix(statement, NodeKind.MAP))


def _string_violations(name: str, node: Node | None) -> Iterator[RuleViolation]:
    """Yield the violation of an element that is not a string."""
    if node is not None and not _is_text_or_unknown(node):
        yield RuleViolation(
            node,
            f"`{name}` must be a string, not {_describe(node)}",
            fix=_build_quoting_fix(node) or _build_unwrap_fix(node),
        )


def _string_list_violations(name: str, node: Node) -> Iterator[RuleViolation]:
    """Yield the violations of an element that is neither a string nor a list of strings."""
    if node.kind is NodeKind.LIST:
        for item in node.items:
            if (item.plain or item.kind is not _SCALAR) and not _is_text_or_unknown(item):
                message = f"`{name}` must contain only strings, not {_describe(item)}"
                yield RuleViolation(item, message, fix=_build_quoting_fix(item) or _build_unwrap_fix(item))
    elif not _is_text_or_unknown(node):
        yield RuleViolation(
            node, f"`{name}` must be a string or a list of strings, not {_describe(node)}", fix=_build_quoting_fix(node)
        )


def _condition_violations(node: Node) -> Iterator[RuleViolation]:
    """Yield the violations of operators, keys and values of `Condition`."""
    if node.kind is not NodeKind.MAP:
        if node.kind is not NodeKind.UNKNOWN:
            message = f"`Condition` must be a map of operators, not {_describe(node)}"
            yield RuleViolation(node, message, fix=_build_unwrap_fix(node, NodeKind.MAP))
        return
    for name, keys in node.pairs:
        if keys.kind not in (NodeKind.MAP, NodeKind.UNKNOWN):
            message = f"`{name.text}` must be a map of condition keys, not {_describe(keys)}"
            yield RuleViolation(keys, message, fix=_build_unwrap_fix(keys, NodeKind.MAP))
        for key, value in keys.pairs:
            for item in items(value):
                if item.kind is _SCALAR and not item.plain:
                    continue
                if item.kind not in (NodeKind.SCALAR, NodeKind.UNKNOWN) or item.is_null:
                    yield RuleViolation(
                        item, f"a value of `{key.text}` must be a string, a number or a Boolean, not {_describe(item)}"
                    )


def _is_text_or_unknown(node: Node) -> bool:
    """True for a string, and for a template value that is unknown before deployment."""
    return node.kind is NodeKind.UNKNOWN or is_text(node)


def _build_quoting_fix(node: Node) -> Fix | None:
    """Put a bare value in quotes; None for null and for values that are not scalars."""
    if node.kind is not NodeKind.SCALAR or node.is_null:
        return None
    return build_fix("put it in quotes", replace_scalar(node, node.text))


def _build_unwrap_fix(node: Node, kind: NodeKind = NodeKind.SCALAR) -> Fix | None:
    """Replace a list of one value with the value; None if the value is of another kind."""
    item = node.items[0] if len(node.items) == 1 else None
    if item is None or item.kind is not kind:
        return None
    return build_fix("remove the list", unwrap_list(node))


def _describe(node: Node) -> str:
    """The value for a message: its kind, or the text of a bare scalar."""
    if node.kind is not NodeKind.SCALAR:
        return f"a {node.kind.value}"
    if not node.text or node.is_null:
        return "null"
    return f"`{node.text}`" if node.plain else "a string"


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
