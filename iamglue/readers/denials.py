"""Parser for access denied messages, in the forms that AWS services write.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
https://aws.amazon.com/blogs/security/enhanced-access-denied-error-messages-with-policy-arns
"""

from __future__ import annotations

import json
import re
from typing import Any

from iamglue.catalog import operations, services
from iamglue.errors import IamglueError
from iamglue.model.denial import AccessDenial

_ACTION = r"[A-Za-z0-9-]+:[A-Za-z0-9*]+"
_OPERATION = re.compile(
    r"when calling the (?P<operation>\w+) operation|operation error (?P<service>[^:]+): (?P<go>\w+)"
)
_ENCODED = re.compile(r"[Ee]ncoded authorization failure message: *(?P<encoded>[A-Za-z0-9_-]{16,})")
_PRINCIPAL = re.compile(r"User: (?P<principal>\S+) is not authorized", re.IGNORECASE)
_DENIED_ACTION = re.compile(rf"not authorized to perform:? *\[?(?P<action>{_ACTION})\b", re.IGNORECASE)
_RESOURCE = re.compile(
    r"on (?:the )?resources?: *\"?(?P<resource>[^\"]+?)\"?"
    r"(?= with an explicit| because | status code:|[.,;]? *$|[.,;] | \()"
)
_POLICY_TYPE = r"(?P<kind>[A-Za-z -]+?polic(?:y|ies)|permissions? boundar(?:y|ies)|(?:SCP|RCP)s?)"
_EXPLICIT = re.compile(
    rf"(?:with|due to) an explicit deny(?: in (?:an?|the) {_POLICY_TYPE})?(?:: *(?P<policy>arn:[^\s,;)]+))?",
    re.IGNORECASE,
)
_IMPLICIT = re.compile(
    rf"because no {_POLICY_TYPE} allows? the (?P<action>{_ACTION}) action(?:: *(?P<policy>arn:[^\s,;)]+))?",
    re.IGNORECASE,
)
# `in a VPC endpoint policy transitively through a service control policy`: the SCP denies the request.
_TRANSITIVE_POLICY = re.compile(rf"transitively through an? {_POLICY_TYPE}", re.IGNORECASE)
_CIPHERTEXT = re.compile(
    r"ciphertext refers to a customer master key|resource associated with this ciphertext", re.IGNORECASE
)
_EXECUTION_ROLE = re.compile(
    r"role does not have permissions? to call (?P<operation>\w+) on (?P<service>\w+)", re.IGNORECASE
)
_QUEUE_URL = re.compile(
    r"https://sqs\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/(?P<account>[0-9]{12})/(?P<name>[\w.-]+)"
)
_GENERIC_DENIAL = re.compile(
    r"access ?denied|forbidden|unauthorized|not authorized|not allowed|accessdenied", re.IGNORECASE
)
# A word in the policy type of a message -> the policy type as the IAM User Guide names it.
_POLICY_TYPES = (
    ("identity", "identity-based policy"),
    ("service control", "service control policy"),
    ("scp", "service control policy"),
    ("resource control", "resource control policy"),
    ("rcp", "resource control policy"),
    ("boundar", "permissions boundary"),
    ("session", "session policy"),
    ("endpoint", "VPC endpoint policy"),
    ("trust", "role trust policy"),
    ("resource", "resource-based policy"),
)


def read_denial(text: str) -> AccessDenial:
    """The parsed message, CloudTrail event or output of `aws sts decode-authorization-message`.

    Raises IamglueError for a text that is not an access denied message.
    """
    data = _load_json_object(text)
    if data is not None:
        return _parse_json(data)
    # Terminals wrap long lines, and some programs draw a frame around messages.
    line = " ".join(re.sub(r"[│╷╵|]", " ", text).split())
    return _parse_line(line)


def _parse_line(line: str) -> AccessDenial:
    """The denial in a message on one line: the result of the first parser that recognises its form."""
    operation = _find_operation(line)
    for parse in (
        _parse_standard,
        _parse_ciphertext,
        _parse_execution_role,
        _parse_encoded,
        _parse_queue,
        _parse_generic,
    ):
        denial = parse(line, operation)
        if denial is not None:
            return denial
    raise IamglueError(
        "the text is not an access denied message of AWS",
        hint="expected `is not authorized to perform`, `AccessDenied` or similar; give the whole message",
    )


def _parse_standard(line: str, operation: str | None) -> AccessDenial | None:
    """`User: P is not authorized to perform: A on resource: R because no K policy allows the A action`."""
    action_match = _DENIED_ACTION.search(line)
    if action_match is None or _CIPHERTEXT.search(line):
        return None
    principal_match, resource_match = _PRINCIPAL.search(line), _RESOURCE.search(line[action_match.end() :])
    explicit_match, implicit_match = _EXPLICIT.search(line), _IMPLICIT.search(line)
    deny_match, transitive_match = explicit_match or implicit_match, _TRANSITIVE_POLICY.search(line)
    encoded_match = _ENCODED.search(line)
    return AccessDenial(
        principal=_principal(principal_match["principal"]) if principal_match else None,
        # If the operation requires an additional action, the message names it at the end.
        action=_canonical_action(implicit_match["action"] if implicit_match else action_match["action"]),
        resource=resource_match["resource"].strip() if resource_match else None,
        policy_type=_policy_type(transitive_match["kind"])
        if transitive_match
        else _policy_type(deny_match["kind"])
        if deny_match and deny_match["kind"]
        else _trust_policy_type(line, principal_match),
        is_explicit=True if explicit_match else False if implicit_match else None,
        policy=deny_match["policy"].rstrip(".") if deny_match and deny_match["policy"] else None,
        operation=operation,
        encoded_message=encoded_match["encoded"] if encoded_match else None,
    )


def _parse_ciphertext(line: str, operation: str | None) -> AccessDenial | None:
    """KMS's messages about a ciphertext, which do not name the key."""
    if not _CIPHERTEXT.search(line):
        return None
    action_match, principal_match = _DENIED_ACTION.search(line), _PRINCIPAL.search(line)
    return AccessDenial(
        principal=_principal(principal_match["principal"]) if principal_match else None,
        action=_canonical_action(action_match["action"]) if action_match else "kms:Decrypt",
        operation=operation,
        caveat="the key may also not exist or be in another Region: the message of AWS KMS does not distinguish these",
    )


def _parse_execution_role(line: str, operation: str | None) -> AccessDenial | None:
    """Lambda's `The provided execution role does not have permissions to call O on S`."""
    match = _EXECUTION_ROLE.search(line)
    if match is None:
        return None
    prefix = match["service"].lower()
    actions = operations.operation_actions(prefix, match["operation"])
    action = actions[0] if actions else f"{prefix}:{match['operation']}"
    return AccessDenial(action=action, policy_type="identity-based policy", is_explicit=False, operation=operation)


def _parse_encoded(line: str, operation: str | None) -> AccessDenial | None:
    """A message with details encoded for `aws sts decode-authorization-message`."""
    match = _ENCODED.search(line)
    return (
        AccessDenial(operation=operation, action=_only_action(operation, "ec2"), encoded_message=match["encoded"])
        if match
        else None
    )


def _parse_queue(line: str, operation: str | None) -> AccessDenial | None:
    """SQS's `Access to the resource https://sqs.R.amazonaws.com/A/Q is denied`."""
    match = _QUEUE_URL.search(line)
    if match is None or not (_GENERIC_DENIAL.search(line) or "is denied" in line):
        return None
    arn = f"arn:aws:sqs:{match['region']}:{match['account']}:{match['name']}"
    return AccessDenial(resource=arn, action=_only_action(operation, "sqs"), operation=operation)


def _parse_generic(line: str, operation: str | None) -> AccessDenial | None:
    """S3's `Access Denied` and other messages without details."""
    if not _GENERIC_DENIAL.search(line):
        return None
    action = _only_action(operation, "s3")
    trust_action = re.search(r"sts:AssumeRole\w*", line)
    return AccessDenial(action=_canonical_action(trust_action[0]) if trust_action else action, operation=operation)


def _parse_json(data: dict[str, Any]) -> AccessDenial:
    """A CloudTrail event or a decoded authorization message."""
    if isinstance(data.get("DecodedMessage"), str):
        return read_denial(data["DecodedMessage"])
    if isinstance(data.get("errorMessage"), str):
        return read_denial(data["errorMessage"])
    context = data.get("context")
    if not isinstance(context, dict) or not isinstance(context.get("action"), str):
        raise IamglueError(
            "the JSON is not an access denied message",
            hint="expected a CloudTrail event or the output of `aws sts decode-authorization-message`",
        )
    principal = context.get("principal")
    return AccessDenial(
        principal=principal.get("arn") if isinstance(principal, dict) else None,
        action=_canonical_action(context["action"]),
        resource=context.get("resource"),
        is_explicit=data.get("explicitDeny"),
        context=_parse_conditions(context.get("conditions")),
    )


def _parse_conditions(data: Any) -> dict[str, tuple[str, ...]]:
    items = data.get("items", []) if isinstance(data, dict) else []
    return {
        item["key"]: tuple(value["value"] for value in item["values"]["items"])
        for item in items
        if isinstance(item, dict) and isinstance(item.get("key"), str) and isinstance(item.get("values"), dict)
    }


def _load_json_object(text: str) -> dict[str, Any] | None:
    """The JSON object in a text; None if the text is not a JSON object."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def _find_operation(line: str) -> str | None:
    match = _OPERATION.search(line)
    return (match["operation"] or match["go"]) if match else None


def _only_action(operation: str | None, prefix: str) -> str | None:
    """The first action of a service that an operation requires; None if the operation is not known."""
    actions = operations.operation_actions(prefix, operation) if operation else None
    return actions[0] if actions else None


def _canonical_action(action: str) -> str:
    known_action = services.find_action(action)
    return str(known_action) if known_action else action


def _principal(text: str) -> str:
    return "*" if text.lower() == "anonymous" else text


def _policy_type(text: str) -> str:
    lower_text = text.lower()
    return next((kind for word, kind in _POLICY_TYPES if word in lower_text), text)


def _trust_policy_type(line: str, principal_match: object) -> str | None:
    """`role trust policy` for `Not authorized to perform sts:AssumeRoleWithWebIdentity`, which names no principal."""
    return "role trust policy" if principal_match is None and "sts:AssumeRoleWith" in line else None
