"""Text that is already escaped for its document, and comment lines that all formats share."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from iamglue.output_escaping import escape_json_output, escape_output, escape_to_one_line
from iamglue.policy.document import policy_data

if TYPE_CHECKING:  # startup: the HTML page of an audit needs no permission set
    from iamglue.model.permission_set import CounterpartPolicy

_MAX_DESCRIPTION = 1000


class SafeText(str):
    """Text that a filter has escaped for its place in a document, so a template may insert it unchanged."""

    __slots__ = ()


def role_description(text: str) -> str:
    """`text` as a role description that IAM accepts: Latin-1 on one line, at most 1,000 characters.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html
    """
    latin = "".join(
        c if " " <= c <= "~" or "\xa1" <= c <= "\xff" else "?" for c in escape_to_one_line(" ".join(text.split()))
    )
    return latin[:_MAX_DESCRIPTION]


def comment(text: str) -> SafeText:
    """`text` for a comment after `# `; it cannot end the comment, and it contains no command for a CI log."""
    return SafeText(escape_output(escape_to_one_line(text)))


def counterpart_comment(counterpart: CounterpartPolicy, indent: int = 0) -> SafeText:
    """A counterpart policy as comment lines: where it belongs, and its JSON (ASCII only, so it cannot end a comment).

    Lines after the first are indented by `indent` spaces.
    """
    lines = [comment(f"Counterpart policy, for {counterpart.where}:"), *_json_lines(policy_data(counterpart.policy))]
    return SafeText(f"\n{' ' * indent}".join(f"# {line}" for line in lines))


def _json_lines(data: Any) -> list[str]:
    return escape_json_output(json.dumps(data, indent=2)).splitlines()
