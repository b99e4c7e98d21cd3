"""AWS's access denied messages, in the forms that its services write.

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
_WHO = re.compile(r"User: (?P<principal>\S+) is not authorized", re.IGNORECASE)
_WHAT = re.compile(rf"not authorized to perform:? *\[?(?P<action>{_ACTION})\b", re.IGNORECASE)
_WHERE = re.compile(
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
# `in a VPC endpoint policy transitively through a service control policy`: the SCP is what denies.
_THROUGH = re.compile(rf"transitively through an? {_POLICY_TYPE}", re.IGNORECASE)
_CIPHERTEXT = re.compile(
    r"ciphertext refers to a customer master key|resource associated with this ciphertext", re.IGNORECASE
)
_ROLE_LACKS = re.compile(
    r"role does not have permissions? to call (?P<operation>\w+) on (?P<service>\w+)", re.IGNORECASE
)
_QUEUE_URL = re.compile(
    r"https://sqs\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/(?P<account>[0-9]{12})/(?P<name>[\w.-]+)"
)
_PLAIN = re.compile(r"access ?denied|forbidden|unauthorized|not authorized|not allowed|accessdenied", re.IGNORECASE)
# What messages call the kinds of policies, by a word in it, and what AWS's guides call them.
_KINDS = (
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
    """What the message says; also that of a CloudTrail event, and what `sts decode-authorization-message` gives.

    Raises IamglueError for a text that is no access denied message.
    """
    data = _data(text)
    if data is not None:
        return _from_data(data)
    # Terminals wrap long lines, and some programs draw a frame around them.
    line = " ".join(re.sub(r"[│╷╵|]", " ", text).split())
    return _from_line(line)


def _from_line(line: str) -> AccessDenial:
    operation = _operation(line)
    for form in (_standard, _ciphertext, _execution_role, _encoded, _queue, _bare):
        found = form(line, operation)
        if found is not None:
            return found
    raise IamglueError(
        "this is no access denied message of AWS",
        hint="it has `is not authorized to perform`, `AccessDenied` or the like; give the whole message",
    )


def _standard(line: str, operation: str | None) -> AccessDenial | None:
    """`User: P is not authorized to perform: A on resource: R because no K policy allows the A action`."""
    what = _WHAT.search(line)
    if what is None or _CIPHERTEXT.search(line):
        return None
    who, where = _WHO.search(line), _WHERE.search(line[what.end() :])
    explicit, implicit = _EXPLICIT.search(line), _IMPLICIT.search(line)
    why, through = explicit or implicit, _THROUGH.search(line)
    encoded = _ENCODED.search(line)
    return AccessDenial(
        principal=_principal(who["principal"]) if who else None,
        # An action that the called one asks for besides is named at the end.
        action=_canonical(implicit["action"] if implicit else what["action"]),
        resource=where["resource"].strip() if where else None,
        policy_type=_kind(through["kind"])
        if through
        else _kind(why["kind"])
        if why and why["kind"]
        else _trust_only(line, who),
        is_explicit=True if explicit else False if implicit else None,
        policy=why["policy"].rstrip(".") if why and why["policy"] else None,
        operation=operation,
        encoded_message=encoded["encoded"] if encoded else None,
    )


def _ciphertext(line: str, operation: str | None) -> AccessDenial | None:
    if not _CIPHERTEXT.search(line):
        return None
    what, who = _WHAT.search(line), _WHO.search(line)
    return AccessDenial(
        principal=_principal(who["principal"]) if who else None,
        action=_canonical(what["action"]) if what else "kms:Decrypt",
        operation=operation,
        caveat="the key may also not exist, or be in another Region: AWS KMS does not say which",
    )


def _execution_role(line: str, operation: str | None) -> AccessDenial | None:
    """Lambda's `The provided execution role does not have permissions to call O on S`."""
    found = _ROLE_LACKS.search(line)
    if found is None:
        return None
    prefix = found["service"].lower()
    actions = operations.operation_actions(prefix, found["operation"])
    action = actions[0] if actions else f"{prefix}:{found['operation']}"
    return AccessDenial(action=action, policy_type="identity-based policy", is_explicit=False, operation=operation)


def _encoded(line: str, operation: str | None) -> AccessDenial | None:
    found = _ENCODED.search(line)
    return (
        AccessDenial(operation=operation, action=_only_action(operation, "ec2"), encoded_message=found["encoded"])
        if found
        else None
    )


def _queue(line: str, operation: str | None) -> AccessDenial | None:
    """SQS's `Access to the resource https://sqs.R.amazonaws.com/A/Q is denied`."""
    found = _QUEUE_URL.search(line)
    if found is None or not (_PLAIN.search(line) or "is denied" in line):
        return None
    arn = f"arn:aws:sqs:{found['region']}:{found['account']}:{found['name']}"
    return AccessDenial(resource=arn, action=_only_action(operation, "sqs"), operation=operation)


def _bare(line: str, operation: str | None) -> AccessDenial | None:
    """S3's `Access Denied` and others that say nothing but that."""
    if not _PLAIN.search(line):
        return None
    action = _only_action(operation, "s3")
    trust = re.search(r"sts:AssumeRole\w*", line)
    return AccessDenial(action=_canonical(trust[0]) if trust else action, operation=operation)


def _from_data(data: dict[str, Any]) -> AccessDenial:
    """An event of CloudTrail, or the decoded form of an encoded message."""
    if isinstance(data.get("DecodedMessage"), str):
        return read_denial(data["DecodedMessage"])
    if isinstance(data.get("errorMessage"), str):
        return read_denial(data["errorMessage"])
    context = data.get("context")
    if not isinstance(context, dict) or not isinstance(context.get("action"), str):
        raise IamglueError(
            "the JSON is no access denied message",
            hint="it is an event of CloudTrail, or the output of `aws sts decode-authorization-message`",
        )
    principal = context.get("principal")
    return AccessDenial(
        principal=principal.get("arn") if isinstance(principal, dict) else None,
        action=_canonical(context["action"]),
        resource=context.get("resource"),
        is_explicit=data.get("explicitDeny"),
        context=_conditions(context.get("conditions")),
    )


def _conditions(data: Any) -> dict[str, tuple[str, ...]]:
    items = data.get("items", []) if isinstance(data, dict) else []
    return {
        each["key"]: tuple(value["value"] for value in each["values"]["items"])
        for each in items
        if isinstance(each, dict) and isinstance(each.get("key"), str) and isinstance(each.get("values"), dict)
    }


def _data(text: str) -> dict[str, Any] | None:
    if not text.lstrip().startswith("{"):
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _operation(line: str) -> str | None:
    found = _OPERATION.search(line)
    return (found["operation"] or found["go"]) if found else None


def _only_action(operation: str | None, prefix: str) -> str | None:
    actions = operations.operation_actions(prefix, operation) if operation else None
    return actions[0] if actions else None


def _canonical(action: str) -> str:
    found = services.find_action(action)
    return str(found) if found else action


def _principal(text: str) -> str:
    return "*" if text.lower() == "anonymous" else text


def _kind(text: str) -> str:
    lower = text.lower()
    return next((kind for word, kind in _KINDS if word in lower), text)


def _trust_only(line: str, who: object) -> str | None:
    """`Not authorized to perform sts:AssumeRoleWithWebIdentity` names nobody: only the trust policy has a say."""
    return "role trust policy" if who is None and "sts:AssumeRoleWith" in line else None
