"""Permission sets as an idempotent Bash script for the AWS CLI.

Policies are written as here-documents with a quoted delimiter, which no line of JSON can equal. Other values are quoted
shell words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from iamglue.errors import IamglueError
from iamglue.formats.policies.document_mapping import map_document, require_known
from iamglue.formats.templates import Filters, render_template
from iamglue.formats.words.safe_text import SafeText, comment, counterpart_comment, role_description
from iamglue.model.permission_set import FunctionSchedule, InvokePermission, NamedPolicy, PermissionSet
from iamglue.output_escaping import escape_json_output, escape_quoted_commands, escape_to_one_line
from iamglue.policy.model import Policy

_UNQUOTED = re.compile(r"[A-Za-z0-9_.,:/@%+][A-Za-z0-9_.,:/@%+=-]*")
# The AWS CLI replaces a value with one of these prefixes by the content of that file or URL:
# https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters-file.html
_FILE_PREFIXES = ("file://", "fileb://", "http://", "https://")


def render(permission_sets: Sequence[PermissionSet]) -> str:
    """Script for all permission sets. Raises IamglueError if Region, account or a parameter value is unknown."""
    policies = [named for permission_set in permission_sets for named in permission_set.policies]
    all_schedules = [schedule for permission_set in permission_sets for schedule in permission_set.schedules]
    roles = [schedule.role for schedule in all_schedules if schedule.role]
    return render_template(
        "aws-cli.sh.j2",
        _FILTERS,
        permission_sets=permission_sets,
        inline=bool(roles) or any(not policy.managed for policy in policies),
        managed=any(policy.managed for policy in policies),
        permissions=any(permission_set.invoke_permissions for permission_set in permission_sets),
        rules=len(all_schedules) > len(roles),
        schedules=bool(roles),
    )


def shell_word(text: str) -> SafeText:
    """`text` quoted as one shell word.

    Raises IamglueError if the text contains an unknown parameter, or if the AWS CLI would not accept it literally.
    """
    return literal_shell_word(require_known(text))


def literal_shell_word(text: str) -> SafeText:
    """Like `shell_word`, but `${Name}` in the text is literal and not a parameter.

    Raises IamglueError also for invisible characters: AWS names contain none, and they could disguise what a script
    does.
    """
    if text != escape_to_one_line(text) or text.startswith(_FILE_PREFIXES):
        raise IamglueError(f"{text!r} cannot be an argument of the AWS CLI")
    return SafeText(_quoted_word(text))


def _quoted_word(text: str) -> str:
    """`text` with the quotes that the shell needs; unquoted if it needs none."""
    if _UNQUOTED.fullmatch(text):
        return text
    if any(character in text for character in "$`\\'"):
        return '"' + escape_quoted_commands(re.sub(r'([$`\\"])', r"\\\1", text), '""{}'.format) + '"'
    return "'" + escape_quoted_commands(text, "''{}".format) + "'"


def _policy(policy: Policy) -> SafeText:
    return SafeText(escape_json_output(json.dumps(map_document(policy, require_known), indent=2)))


def _option(name: str, value: str) -> str:
    """NAME VALUE, or NAME=VALUE if the value begins with `-` and would be parsed as an option."""
    return f"{name}{'=' if value.startswith('-') else ' '}{shell_word(value)}"


def _description(text: str) -> SafeText:
    """The --description option as one word. A space before the value stops the AWS CLI from reading a file."""
    description = role_description(text)
    blank = " " if description.startswith(_FILE_PREFIXES) else ""
    return SafeText(f"--description={_quoted_word(blank + description)}")


def _policy_arn(named: NamedPolicy, permission_set: PermissionSet) -> SafeText:
    _, partition, _, _, account, *_ = permission_set.function_arn.split(":")
    return shell_word(f"arn:{partition}:iam::{account}:policy/{named.name}")


def _region(permission_set: PermissionSet) -> SafeText:
    return shell_word(permission_set.function_arn.split(":")[3])


def _schedule_target(schedule: FunctionSchedule, permission_set: PermissionSet) -> SafeText:
    """The target of a schedule in the shorthand syntax: the function, and the role that invokes it."""
    _, partition, _, _, account, *_ = permission_set.function_arn.split(":")
    role = schedule.role.name if schedule.role else ""
    return shell_word(f"Arn={schedule.target_arn},RoleArn=arn:{partition}:iam::{account}:role/{role}")


def _permission_options(permission: InvokePermission) -> SafeText:
    """Options of https://docs.aws.amazon.com/cli/latest/reference/lambda/add-permission.html."""
    values = (
        ("--action", permission.action),
        ("--principal", permission.principal),
        ("--source-arn", permission.source_arn),
        ("--source-account", permission.source_account),
        ("--event-source-token", permission.event_source_token),
        ("--function-url-auth-type", permission.function_url_auth_type),
    )
    via_url = {None: [], True: ["--invoked-via-function-url"], False: ["--no-invoked-via-function-url"]}
    options = [_option(name, value) for name, value in values if value is not None]
    return SafeText(" \\\n  ".join([*options, *via_url[permission.invoked_via_function_url]]))


_FILTERS: Filters = {
    "comment": comment,
    "description": _description,
    "options": _permission_options,
    "peer": counterpart_comment,
    "policy": _policy,
    "policy_arn": _policy_arn,
    "region": _region,
    "target": _schedule_target,
    "word": shell_word,
}
