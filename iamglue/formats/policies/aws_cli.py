"""Bundles as a Bash script for the AWS CLI, which may be run again and again.

Policies stand in here-documents with a quoted delimiter, which no line of JSON can be; other values are quoted words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from iamglue.errors import IamglueError
from iamglue.formats.policies.mapping import known, mapped_document
from iamglue.formats.templates import Filters, rendered
from iamglue.formats.words.safe_text import Written, comment, peer_comment, role_description
from iamglue.inert import inert_json, inert_quoted, one_line
from iamglue.model.permission_set import Bundle, InvokePermission, NamedPolicy
from iamglue.policy.model import Policy

_BARE = re.compile(r"[A-Za-z0-9_.,:/@%+][A-Za-z0-9_.,:/@%+=-]*")
# The AWS CLI reads a file or a page in place of a value that begins so:
# https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters-file.html
_READ = ("file://", "fileb://", "http://", "https://")


def render(bundles: Sequence[Bundle]) -> str:
    """The script for all of `bundles`. Raises IamglueError where Region, account or a parameter is not known."""
    named = [named for bundle in bundles for named in bundle.policies]
    return rendered(
        "aws-cli.sh.j2",
        _FILTERS,
        bundles=bundles,
        inline=any(not each.managed for each in named),
        managed=any(each.managed for each in named),
        permissions=any(bundle.permissions for bundle in bundles),
    )


def word(text: str) -> Written:
    """`text` as one word of the shell, whatever is in it.

    Raises IamglueError for text that is not known yet, or that the AWS CLI cannot take as it is.
    """
    return literal_word(known(text))


def literal_word(text: str) -> Written:
    """The same for text in which `${Name}` is no parameter.

    A name that holds what is not seen, as no name of AWS's does, could make a script look like another one.
    """
    if text != one_line(text) or text.startswith(_READ):
        raise IamglueError(f"{text!r} cannot be an argument of the AWS CLI")
    return Written(_quoted(text))


def _quoted(text: str) -> str:
    if _BARE.fullmatch(text):
        return text
    if any(character in text for character in "$`\\'"):
        return '"' + inert_quoted(re.sub(r'([$`\\"])', r"\\\1", text), '""{}'.format) + '"'
    return "'" + inert_quoted(text, "''{}".format) + "'"


def _policy(policy: Policy) -> Written:
    return Written(inert_json(json.dumps(mapped_document(policy, known), indent=2)))


def _option(name: str, value: str) -> str:
    """An option in one word where its value could be read as an option itself."""
    return f"{name}{'=' if value.startswith('-') else ' '}{word(value)}"


def _description(text: str) -> Written:
    """Always in one word, and after a blank where the AWS CLI would read a file."""
    described = role_description(text)
    blank = " " if described.startswith(_READ) else ""
    return Written(f"--description={_quoted(blank + described)}")


def _policy_arn(named: NamedPolicy, bundle: Bundle) -> Written:
    _, partition, _, _, account, *_ = bundle.function_arn.split(":")
    return word(f"arn:{partition}:iam::{account}:policy/{named.name}")


def _region(bundle: Bundle) -> Written:
    return word(bundle.function_arn.split(":")[3])


def _options(permission: InvokePermission) -> Written:
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
    return Written(" \\\n  ".join([*options, *via_url[permission.invoked_via_function_url]]))


_FILTERS: Filters = {
    "comment": comment,
    "description": _description,
    "options": _options,
    "peer": peer_comment,
    "policy": _policy,
    "policy_arn": _policy_arn,
    "region": _region,
    "word": word,
}
