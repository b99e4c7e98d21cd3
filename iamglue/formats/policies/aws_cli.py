"""Bundles as a Bash script for the AWS CLI, which may be run again and again.

Policies stand in here-documents with a quoted delimiter, which no line of JSON can be; other values are quoted words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from iamglue.errors import IamglueError
from iamglue.formats.policies.document_mapping import map_document, require_known
from iamglue.formats.templates import Filters, render_template
from iamglue.formats.words.safe_text import SafeText, comment, counterpart_comment, role_description
from iamglue.model.permission_set import InvokePermission, NamedPolicy, PermissionSet
from iamglue.output_escaping import escape_json_output, escape_quoted_commands, escape_to_one_line
from iamglue.policy.model import Policy

_BARE = re.compile(r"[A-Za-z0-9_.,:/@%+][A-Za-z0-9_.,:/@%+=-]*")
# The AWS CLI reads a file or a page in place of a value that begins so:
# https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters-file.html
_READ = ("file://", "fileb://", "http://", "https://")


def render(bundles: Sequence[PermissionSet]) -> str:
    """The script for all of `bundles`. Raises IamglueError where Region, account or a parameter is not known."""
    named = [named for bundle in bundles for named in bundle.policies]
    return render_template(
        "aws-cli.sh.j2",
        _FILTERS,
        bundles=bundles,
        inline=any(not each.managed for each in named),
        managed=any(each.managed for each in named),
        permissions=any(bundle.invoke_permissions for bundle in bundles),
    )


def shell_word(text: str) -> SafeText:
    """`text` as one word of the shell, whatever is in it.

    Raises IamglueError for text that is not known yet, or that the AWS CLI cannot take as it is.
    """
    return literal_shell_word(require_known(text))


def literal_shell_word(text: str) -> SafeText:
    """The same for text in which `${Name}` is no parameter.

    A name that holds what is not seen, as no name of AWS's does, could make a script look like another one.
    """
    if text != escape_to_one_line(text) or text.startswith(_READ):
        raise IamglueError(f"{text!r} cannot be an argument of the AWS CLI")
    return SafeText(_quoted(text))


def _quoted(text: str) -> str:
    if _BARE.fullmatch(text):
        return text
    if any(character in text for character in "$`\\'"):
        return '"' + escape_quoted_commands(re.sub(r'([$`\\"])', r"\\\1", text), '""{}'.format) + '"'
    return "'" + escape_quoted_commands(text, "''{}".format) + "'"


def _policy(policy: Policy) -> SafeText:
    return SafeText(escape_json_output(json.dumps(map_document(policy, require_known), indent=2)))


def _option(name: str, value: str) -> str:
    """An option in one word where its value could be read as an option itself."""
    return f"{name}{'=' if value.startswith('-') else ' '}{shell_word(value)}"


def _description(text: str) -> SafeText:
    """Always in one word, and after a blank where the AWS CLI would read a file."""
    described = role_description(text)
    blank = " " if described.startswith(_READ) else ""
    return SafeText(f"--description={_quoted(blank + described)}")


def _policy_arn(named: NamedPolicy, bundle: PermissionSet) -> SafeText:
    _, partition, _, _, account, *_ = bundle.function_arn.split(":")
    return shell_word(f"arn:{partition}:iam::{account}:policy/{named.name}")


def _region(bundle: PermissionSet) -> SafeText:
    return shell_word(bundle.function_arn.split(":")[3])


def _options(permission: InvokePermission) -> SafeText:
    """https://docs.aws.amazon.com/cli/latest/reference/lambda/add-permission.html."""
    wanted = (
        ("--action", permission.action),
        ("--principal", permission.principal),
        ("--source-arn", permission.source_arn),
        ("--source-account", permission.source_account),
        ("--event-source-token", permission.event_source_token),
        ("--function-url-auth-type", permission.function_url_auth_type),
    )
    via_url = {None: [], True: ["--invoked-via-function-url"], False: ["--no-invoked-via-function-url"]}
    options = [_option(name, value) for name, value in wanted if value is not None]
    return SafeText(" \\\n  ".join([*options, *via_url[permission.invoked_via_function_url]]))


_FILTERS: Filters = {
    "comment": comment,
    "description": _description,
    "options": _options,
    "peer": counterpart_comment,
    "policy": _policy,
    "policy_arn": _policy_arn,
    "region": _region,
    "word": shell_word,
}
