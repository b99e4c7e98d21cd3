"""Recognises, in the text of a file, calls that change policies or who has them, and documents of tools that do so."""

from __future__ import annotations

import re

from iamglue.changes.value_files import is_value_file

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
    r"attachPolicyARNs|iam\.services\.k8s\.aws|iam\.aws\.(?:upbound|crossplane)\.io|\baws(?:-native)?:iam[/:]"
    r"|\b(?:amazon|community)\.aws\.iam_"
)
# Documents with values for a template, and those that name the role of a task, a service account or a job.
_OTHER_DOCUMENTS = re.compile(
    r"Parameter(?:s|Key)\b|containerDefinitions|eks\.amazonaws\.com/role-arn|role-to-assume"
    r"|^\s*\[\s*[\"'][A-Za-z][A-Za-z0-9]*="
)


def find_access_call(text: str, *, with_tools: bool = False) -> str | None:
    """The first name of a call that changes access, and `with_tools` of what a tool attaches policies by; or None."""
    match = _OTHER_TOOLS.search(text) if with_tools else None
    match = match or _CALLS.search(text)
    return None if match is None else match[0]


def may_have_other_access(path: str, text: str) -> bool:
    """Whether a text that is no template may give access otherwise than by policies, and must be parsed."""
    is_other = is_value_file(path, text) or _OTHER_DOCUMENTS.search(text) is not None
    return is_other or find_access_call(text, with_tools=True) is not None
