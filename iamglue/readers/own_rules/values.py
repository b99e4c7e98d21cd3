"""The types of values in a rule file: how the reader checks each, and the JSON Schema of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from iamglue.catalog.services import find_service, service_prefixes
from iamglue.engine.solve.action_bitsets import pattern_bitset
from iamglue.errors import IamglueError, MultipleErrors
from iamglue.findings import Severity
from iamglue.policy.action_names import ACTION_NAME_PATTERN
from iamglue.policy.arns import ARN_FIELD_COUNT
from iamglue.policy.conditions import OPERATORS, Condition, parse_operator
from iamglue.policy.parsed_policy import PolicyType
from iamglue.policy.parsed_values import items
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.policy.trust_zone import parse_trust_zone
from iamglue.spelling import did_you_mean

JsonSchema = dict[str, Any]
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_ACTION = re.compile(rf"[A-Za-z0-9*?-]+:{ACTION_NAME_PATTERN}|\*")
_ACCOUNT = re.compile(r"[0-9]{12}")
_HOST = re.compile(r"[a-z0-9*?-]+(\.[a-z0-9*?-]+)+")
_CANONICAL_USER = re.compile(r"[0-9a-f]{64}")
_PRINCIPAL_ARN = re.compile(r"arn:[a-z0-9*?-]+:(iam|sts)::[0-9*?]+:.+")
_NODE_KINDS = {NodeKind.LIST: "a list", NodeKind.MAP: "a mapping", NodeKind.SCALAR: "a string"}


@dataclass(frozen=True, slots=True)
class ValueType:
    """A type of value: `read` returns the value of a node, or raises IamglueError or MultipleErrors."""

    read: Callable[[Node], Any]
    schema: JsonSchema


def error_at(node: Node, message: str, hint: str | None = None) -> IamglueError:
    """An error at the location of a node."""
    return IamglueError(message, hint=hint, location=node.location)


def mismatch(node: Node, expected: str) -> IamglueError:
    """An error for a value of a wrong type."""
    return error_at(node, f"expected {expected}, found {'nothing' if node.is_null else _NODE_KINDS[node.kind]}")


def read_text(node: Node) -> str:
    """A text that is not empty."""
    if node.kind is not NodeKind.SCALAR or node.is_null:
        raise mismatch(node, "a string")
    if not node.text.strip():
        raise error_at(node, "expected a string, found nothing")
    return node.text.strip()


def _read_sentence(node: Node) -> str:
    """A text on one line, however it is written."""
    return " ".join(read_text(node).split())


def _texts(read: Callable[[Node], Any], schema: JsonSchema) -> ValueType:
    """A list of values that is not empty; a single value is a list of one."""

    def read_list(node: Node) -> tuple[Any, ...]:
        """The distinct values. Raises MultipleErrors with the error of each item that is not valid."""
        if not items(node):
            raise error_at(node, "expected at least one, found none")
        values, problems = [], []
        for item in items(node):
            try:
                values.append(read(item))
            except IamglueError as error:
                problems.append(error)
        if problems:
            raise MultipleErrors(problems)
        return tuple(dict.fromkeys(values))

    return ValueType(read_list, {"anyOf": [schema, {"type": "array", "minItems": 1, "items": schema}]})


def _read_slug(node: Node) -> str:
    """The ID of a rule: lower-case words with single hyphens between them."""
    text = read_text(node)
    if not _SLUG.fullmatch(text):
        hint = "write lower-case letters, digits and single hyphens: `no-public-buckets`"
        raise error_at(node, f"`{text}` is not a valid ID of a rule", hint)
    return text


def read_choice(node: Node, choices: Iterable[str], what: str) -> str:
    """One of some words."""
    text, words = read_text(node), tuple(choices)
    if text not in words:
        hint = did_you_mean(text, words)
        raise error_at(node, f"`{text}` is not a valid {what}: expected one of {', '.join(words)}", hint)
    return text


def _read_url(node: Node) -> str:
    """An address with https."""
    text = read_text(node)
    if not re.fullmatch(r"https://\S+", text):
        raise error_at(node, f"`{text}` is not a valid address: expected https://...")
    return text


def _read_action(node: Node) -> str:
    """An action, or a pattern that matches at least one action of AWS's reference."""
    text = read_text(node)
    if not _ACTION.fullmatch(text):
        raise error_at(
            node, f"`{text}` is not a valid action: expected `service:Name` or a pattern", "for example s3:Delete*"
        )
    if not pattern_bitset(text):
        raise error_at(node, f"`{text}` matches no action of AWS's reference", _action_hint(text))
    return text


def _action_hint(text: str) -> str | None:
    """The service, the action or the first word of an action that is meant; None if nothing is similar."""
    prefix, _, name = text.partition(":")
    service = find_service(prefix.lower())
    if service is None:
        return did_you_mean(prefix, service_prefixes())
    # A pattern often has the first word of a name: `Delte*` is meant to be `Delete*`.
    names = [action.name for action in service.actions.values()]
    first_words = [match[0] for match in (re.match("[A-Z][a-z]+", action) for action in names) if match]
    return did_you_mean(name.strip("*?"), (*names, *first_words))


def _read_resource(node: Node) -> str:
    """An ARN, or a pattern of ARNs; without policy variables, which a rule has no values for."""
    text = read_text(node)
    if "${" in text:
        raise error_at(node, f"`{text}` has a variable", "write `*` for the part that may be anything")
    if text != "*" and not (text.startswith("arn:") and text.count(":") >= ARN_FIELD_COUNT - 1):
        hint = "an S3 bucket is arn:aws:s3:::NAME and its objects are arn:aws:s3:::NAME/*"
        raise error_at(node, f"`{text}` is not a valid resource: expected an ARN, a pattern of ARNs, or `*`", hint)
    return text


def _read_principal(node: Node) -> str:
    """An account ID, an ARN of IAM or STS, a service or identity provider, or a canonical user ID of S3."""
    text = read_text(node)
    is_valid = any(shape.fullmatch(text) for shape in (_ACCOUNT, _PRINCIPAL_ARN, _HOST, _CANONICAL_USER))
    if not is_valid:
        hint = "for example arn:aws:iam::111122223333:role/NAME, lambda.amazonaws.com, or an account ID"
        expected = "an ARN or a pattern of ARNs, a service, an identity provider, or an account ID"
        raise error_at(node, f"`{text}` is not a valid principal: expected {expected}", hint)
    return text


def _read_account(node: Node) -> str:
    """An account ID of 12 digits, also without quotes: the reader takes numbers as they are written."""
    text = read_text(node)
    if not _ACCOUNT.fullmatch(text):
        raise error_at(node, f"`{text}` is not a valid account ID: expected 12 digits, with leading zeros")
    return text


def _read_organization(node: Node) -> str:
    """An organization ID, or a path of an organization."""
    text = read_text(node)
    try:
        zone = parse_trust_zone((text,))
    except IamglueError:
        zone = None
    if zone is None or not zone.organization_ids:
        expected = "an organization ID (o-...), or a path of an organization (o-.../r-.../ou-...)"
        raise error_at(node, f"`{text}` is not a valid organization: expected {expected}")
    return text


def _read_count(node: Node) -> int:
    """A whole number from 1 to 999,999,999."""
    text = read_text(node)
    if not re.fullmatch(r"[1-9][0-9]{0,8}", text):
        raise error_at(node, f"`{text}` is not a valid number: expected a positive whole number")
    return int(text)


def _read_date(node: Node) -> date:
    """A day, such as 2027-01-31."""
    text = read_text(node)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise error_at(node, f"`{text}` is not a valid date: expected YEAR-MONTH-DAY, such as 2027-01-31") from None


def _read_conditions(node: Node) -> tuple[Condition, ...]:
    """The conditions of a mapping as in a policy: all of its operators and keys."""
    if node.kind is not NodeKind.MAP or not node.pairs:
        raise mismatch(node, "conditions as in a policy: operator, condition key, values")
    return tuple(condition for operator, keys in node.pairs for condition in _read_operator(operator, keys))


def _read_operator(operator_node: Node, keys: Node) -> tuple[Condition, ...]:
    """The conditions of one operator."""
    operator = parse_operator(operator_node.text)
    if operator is None:
        hint = did_you_mean(operator_node.text, OPERATORS)
        raise error_at(operator_node, f"`{operator_node.text}` is not a valid condition operator", hint)
    if keys.kind is not NodeKind.MAP or not keys.pairs:
        raise mismatch(keys, "condition keys, each with its values")
    return tuple(Condition(operator, _condition_key(key), _TEXTS.read(values)) for key, values in keys.pairs)


def _condition_key(node: Node) -> str:
    """The name of a condition key, which has a colon; whether AWS lists it is not checked."""
    if ":" not in node.text:
        raise error_at(node, f"`{node.text}` is not a valid condition key", "for example aws:SourceVpce")
    return node.text


def _text_schema(pattern: str = "", **more: Any) -> JsonSchema:
    return {"type": "string", **({"pattern": f"^({pattern})$"} if pattern else {"minLength": 1}), **more}


_SCALAR: JsonSchema = {"anyOf": [_text_schema(), {"type": ["number", "boolean"]}]}
_TEXTS = _texts(read_text, _SCALAR)
_ACCOUNT_SCHEMA: JsonSchema = {"anyOf": [_text_schema(_ACCOUNT.pattern), {"type": "integer"}]}
_POLICY_TYPES = tuple(kind.value for kind in PolicyType)
_SEVERITIES = tuple(severity.value for severity in Severity)

SLUG = ValueType(_read_slug, _text_schema(_SLUG.pattern))
SENTENCE = ValueType(_read_sentence, _text_schema())
URL = ValueType(_read_url, _text_schema(r"https://\S+"))
SEVERITY = ValueType(lambda node: Severity(read_choice(node, _SEVERITIES, "severity")), {"enum": list(_SEVERITIES)})
POLICY_TYPES = _texts(
    lambda node: PolicyType(read_choice(node, _POLICY_TYPES, "policy type")), {"enum": list(_POLICY_TYPES)}
)
ACTIONS = _texts(_read_action, _text_schema(_ACTION.pattern))
RESOURCES = _texts(_read_resource, _text_schema(r"\*|arn:.*"))
PRINCIPALS = _texts(_read_principal, {"anyOf": [_text_schema(), {"type": "integer"}]})
ACCOUNTS = _texts(_read_account, _ACCOUNT_SCHEMA)
ORGANIZATIONS = _texts(_read_organization, _text_schema("o-.*"))
COUNT = ValueType(_read_count, {"type": "integer", "minimum": 1, "maximum": 999_999_999})
DATE = ValueType(_read_date, _text_schema(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"))
PATTERN = ValueType(read_text, _SCALAR)
CONDITIONS = ValueType(
    _read_conditions,
    {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": {"type": "object", "minProperties": 1, "additionalProperties": _TEXTS.schema},
    },
)
