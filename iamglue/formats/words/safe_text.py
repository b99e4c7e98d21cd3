"""Text that is already in the syntax of the document it goes into, and the comment lines that every format shares."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from iamglue.output_escaping import escape_json_output, escape_output, escape_to_one_line
from iamglue.policy.document import policy_data

if TYPE_CHECKING:  # startup: an audit's page tells of no bundle
    from iamglue.model.permission_set import CounterpartPolicy

_LONGEST_DESCRIPTION = 1000


class SafeText(str):
    """Text that a filter has written: escaped for its place, so a template may put it there as it is."""

    __slots__ = ()


def role_description(text: str) -> str:
    """`text` as IAM takes it for a role's description: Latin-1 on one line, at most 1,000 characters.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html
    """
    latin = "".join(
        c if " " <= c <= "~" or "\xa1" <= c <= "\xff" else "?" for c in escape_to_one_line(" ".join(text.split()))
    )
    return latin[:_LONGEST_DESCRIPTION]


def comment(text: str) -> SafeText:
    """`text` as it may stand after `# `: nothing in it can end the comment, or is a command to a CI log."""
    return SafeText(escape_output(escape_to_one_line(text)))


def counterpart_comment(peer: CounterpartPolicy, indent: int = 0) -> SafeText:
    """Another half as comment lines: whose it is, and its policy as JSON (of ASCII alone, so it ends no comment).

    Lines after the first are `indent` spaces in.
    """
    lines = [comment(f"The other half, for {peer.where}:"), *_json_lines(policy_data(peer.policy))]
    return SafeText(f"\n{' ' * indent}".join(f"# {line}" for line in lines))


def _json_lines(data: Any) -> list[str]:
    return escape_json_output(json.dumps(data, indent=2)).splitlines()
