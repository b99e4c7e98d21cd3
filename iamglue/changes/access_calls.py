"""Recognises, in the text of a file, calls that change policies or who has them, and names of roles and policies."""

from __future__ import annotations

import re
from collections.abc import Mapping

from iamglue.changes.value_files import is_value_file
from iamglue.model.access_change import NotCompared

# Calls that change policies or who has them, as the AWS CLI and the SDKs write them.
_CALLS = re.compile(
    r"\b(?:(?:put|attach|detach|create|set|add|update|delete|remove)[-_]?"
    r"(?:(?:role|user|group|assume[-_]?role|bucket|key|queue|topic|resource|managed)[-_]?policy(?:[-_]?version)?"
    r"|[-_]policy(?:[-_]version)?|policy[-_]?version|inline[-_]?policy[-_]?to[-_]?permission[-_]?set"
    r"|user[-_]?to[-_]?group|account[-_]?assignment)|add[-_]?permission)(?:command|request|input|async)?\b",
    re.IGNORECASE,
)
# Documents of tools that attach policies: eksctl, the AWS controllers for Kubernetes, Crossplane, Pulumi, Ansible.
_OTHER_TOOLS = re.compile(
    r"attachPolicyARNs|iam\.services\.k8s\.aws|iam\.aws\.(?:upbound|crossplane)\.io|(?<!arn:)\baws(?:-native)?:iam[/:]"
    r"|\b(?:amazon|community)\.aws\.iam_"
)
# Values for a template or for Terraform, on the command line or in the environment.
_COMMAND_VALUES = re.compile(
    r"^.*(?:parameter-overrides|\bTF_VAR_|\s-var[= ]|-var-file|ParameterKey=).*$", re.MULTILINE
)
# Documents with values for the parameters of a template, and definitions of an API.
_PARAMETER_VALUES = re.compile(r"x-amazon-apigateway|Parameter(?:s|Key)\b|^\s*\[\s*[\"'][A-Za-z][A-Za-z0-9]*=")
# https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
# https://github.com/aws-actions/configure-aws-credentials
_NAMED_ROLE = re.compile(
    r"(?:eks\.amazonaws\.com/role-arn|role-to-assume|\w*role_?(?:arn|name))[\"']?\s*:\s*([^\n,}]+)"
    r"|(arn:aws[a-z-]*:iam::[^\s\"',}\]]+)",
    re.IGNORECASE,
)


def find_access_call(text: str, *, with_tools: bool = False) -> str | None:
    """The first name of a call that changes access, and `with_tools` of what a tool attaches policies by; or None."""
    match = _OTHER_TOOLS.search(text) if with_tools else None
    match = match or _CALLS.search(text)
    return None if match is None else match[0]


def find_command_values(text: str) -> str:
    """The lines of a text that set values for a deployment."""
    return "\n".join(_COMMAND_VALUES.findall(text))


def may_have_other_access(text: str) -> bool:
    """Whether a text that is not a template may give access otherwise than by policies, and must be parsed."""
    return _PARAMETER_VALUES.search(text) is not None or find_access_call(text, with_tools=True) is not None


def find_named_access(path: str, text: str) -> Mapping[str, NotCompared]:
    """What a document that is neither a policy nor a template gives access by, by name, as far as its text shows it.

    It is not parsed: the text may be one that a tool makes a document of.
    """
    if is_value_file(path, text):
        return {"values for a deployment": NotCompared(text)}
    values = find_command_values(text)
    names = {role or arn for role, arn in _NAMED_ROLE.findall(text)}
    return {
        "values for a deployment": NotCompared(values, is_grant=True),
        "the roles and policies that the document names": NotCompared("\n".join(sorted(names)), only_if_changed=True),
    }
