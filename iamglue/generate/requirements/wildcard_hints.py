"""What people mean by wildcards in triggers and destinations, where none are allowed."""

from __future__ import annotations

_TRIGGER_HINTS = {
    "apigateway": "leave out the part that may have any value, or write a path parameter as `{id}`",
    "dynamodb": "write only the table's name; that matches all its streams",
    "events": "a permission is for one rule: write the rule's name; which events it matches is written in the rule",
    "function-url": "write `function-url: NONE` for a URL that everyone may call",
    "iot": "a permission is for one rule: write the rule's name; which topics it matches is written in the rule",
    "logs": "write one trigger for each log group, an ARN without the `:*` at its end",
    "s3": "write only the bucket's name; which objects invoke the function is written in the bucket's notification",
    "schedule": "write the rule's name, or an expression: rate(1 day), cron(0 2 * * ? *)",
    "scheduler": "write the schedule's name, or an expression: rate(1 day), cron(0 2 * * ? *)",
}
DESTINATION_HINT = "Lambda sends to one destination: write its whole name"


def trigger_wildcard_hint(trigger: str) -> str:
    """The hint for a wildcard in a trigger of this name."""
    return _TRIGGER_HINTS.get(trigger, "a trigger is one source: write a trigger for each")
