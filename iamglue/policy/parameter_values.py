"""Values of deployment parameters and placeholders: a policy with them must allow what it shows, and no more."""

from __future__ import annotations

from iamglue.errors import IamglueError

# A pattern, or a reference to another value.
_WIDENING = ("*", "?", "${")
# Text that ends or escapes a string in the source of a policy.
_BREAKING = ('"', "\\")


def check_parameter_value(name: str, value: str) -> str:
    """Return `value`. `name` is the parameter as its user names it, such as `--set Bucket`; errors begin with it.

    Raises IamglueError for a value that is empty or not printable, or that could widen or break a policy.
    """
    if not value.strip() or not value.isprintable():
        raise IamglueError(f"{name}: the value is empty or not printable, expected a name, ID or ARN")
    for texts, effect in ((_WIDENING, "widen"), (_BREAKING, "break")):
        text = next((text for text in texts if text in value), None)
        if text:
            raise IamglueError(
                f"{name}: the value {value!r} contains `{text}`, which could {effect} the policy",
                hint="write it in the policy or spec itself, where it can be reviewed",
            )
    return value
