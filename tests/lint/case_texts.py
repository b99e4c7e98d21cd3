"""Cases of rules in few words, for tests."""

from __future__ import annotations

import json
from typing import Any

from iamglue.lint.rule import RuleExample
from iamglue.policy.parsed_policy import PolicyType

RESOURCE, TRUST, SCP, RCP = PolicyType.RESOURCE, PolicyType.TRUST, PolicyType.SCP, PolicyType.RCP


def said(action: Any = "s3:GetObject", resource: Any = "*", effect: str = "Allow", **more: Any) -> dict[str, Any]:
    """A statement; an element that is None is left out."""
    elements = {"Effect": effect, "Action": action, "Resource": resource, **more}
    return {name: value for name, value in elements.items() if value is not None}


def policy(*statements: Any, type: PolicyType = PolicyType.IDENTITY, values: Any = (), **more: Any) -> RuleExample:
    """A case of a policy of these statements."""
    text = json.dumps({"Version": "2012-10-17", **more, "Statement": list(statements)}, ensure_ascii=False)
    return RuleExample(text, type, parameter_values=tuple(values))


def when(*conditions: dict[str, Any], **more: Any) -> RuleExample:
    """A case of statements with these conditions."""
    return policy(*(said(Condition=each, **more) for each in conditions))


def on(
    *resources: str, action: Any = "s3:GetObject", values: Any = (), type: PolicyType = PolicyType.IDENTITY
) -> RuleExample:
    """A case of a statement about these resources."""
    return policy(said(action, list(resources)), values=values, type=type)


def by(principal: Any, action: Any = "sts:AssumeRole", values: Any = (), **more: Any) -> RuleExample:
    """A case of a trust policy for one principal element."""
    return policy(said(action, None, Principal=principal, **more), type=TRUST, values=values)


def yaml_policy(comment: str) -> RuleExample:
    return RuleExample(
        "Version: '2012-10-17'\nStatement:\n  - Effect: Allow\n    Action: 's3:GetObject'\n"
        f"    Resource: '*'  # iamglue: {comment}\n"
    )
