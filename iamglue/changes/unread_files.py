"""Changed files that are neither documents nor Terraform: which of them may give access, and why."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from iamglue.changes.access_calls import find_access_call, find_command_values
from iamglue.changes.reviewed_tree import ReviewedTree
from iamglue.changes.value_files import is_value_file
from iamglue.files.git_repository import GitChange

# Texts for people, and settings of tools: examples of policies in them give no access.
_TEXT_SUFFIXES = frozenset({".md", ".rst", ".html", ".css", ".svg", ".lock", ".toml", ".cfg", ".ini"})
_PROGRAM_SUFFIXES = frozenset(
    {".py", ".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".tsx", ".jsx", ".go", ".java", ".kt", ".kts", ".scala"}
    | {".rb", ".rs", ".cs", ".fs", ".sh", ".bash", ".zsh", ".ps1", ".bat", ".cmd", ".mk", ".groovy", ".gradle"}
)
# Libraries with which a program creates resources, at run time or when it is deployed.
_LIBRARIES = re.compile(
    r"aws-cdk-lib|@aws-cdk/|aws_cdk|aws-cdk-go|software\.amazon\.awscdk|Amazon\.CDK|cdktf|pulumi|troposphere|\bsst\.config"
    r"|\$config\(",
    re.IGNORECASE,
)
# What programs of the CDK call that another file imports, and policies in the text of a program.
_GRANT = re.compile(
    r"\bPolicyStatement\b|\badd(?:ToRole|ToPrincipal|ToResource|Managed)?_?(?:to_role_|managed_)?[Pp]olicy\("
    r"|\badd(?:_to(?:_role|_principal|_resource)?|_managed)_policy\(|\.grant(?:_[a-z]|[A-Z])\w*\("
    r"|[\"']?Effect[\"']?\s*:\s*[\"'](?:Allow|Deny)[\"']"
)
_POLICY = re.compile(r"\bEffect\b.*?\b(Allow|Deny)\b", re.DOTALL)
_TEMPLATE = re.compile(r"Type[\"']?\s*:\s*[\"']?AWS::")


@dataclass(frozen=True, slots=True)
class UnreadReason:
    """Why a changed file may give access that is not compared; `is_failed`: a read failed."""

    text: str
    is_failed: bool = False


def unread_reason(change: GitChange, old: ReviewedTree, new: ReviewedTree) -> UnreadReason | None:
    """Why a changed file that is not compared may give access; None if nothing shows that it does."""
    for path, tree in ((change.new_path, new), (change.old_path, old)):
        if path is None:
            continue
        if is_value_file(path, tree.text(path) or ""):
            return UnreadReason("it has values for a deployment, and what they decide is not compared")
        if path in tree.missing and not is_program(path) and not is_text_for_people(path):
            return UnreadReason(tree.missing[path], is_failed=True)
        text = None if is_text_for_people(path) else tree.text(path)
        reason = None if text is None else _program_access(path, text)
        if reason is not None:
            return UnreadReason(reason)
    texts = [tree.text(path) or "" for path, tree in ((change.old_path, old), (change.new_path, new)) if path]
    if any(find_command_values(text) != find_command_values(texts[0]) for text in texts):
        return UnreadReason("it has values for a deployment, and what they decide is not compared")
    return None


def is_program(path: str) -> bool:
    """Whether a path is that of a program."""
    return PurePosixPath(path).suffix.lower() in _PROGRAM_SUFFIXES or PurePosixPath(path).name in (
        "Makefile",
        "Jenkinsfile",
    )


def is_text_for_people(path: str) -> bool:
    """Whether a path is that of documentation or of a tool's settings."""
    return PurePosixPath(path).suffix.lower() in _TEXT_SUFFIXES


def may_be_policy(text: str) -> bool:
    """Whether a text of any kind may be a policy or a template with policies."""
    return ("Statement" in text and _POLICY.search(text) is not None) or _TEMPLATE.search(text) is not None


def _program_access(path: str, text: str) -> str | None:
    """Why a program may give access: it creates resources, or changes policies. None if nothing shows that."""
    library = _LIBRARIES.search(text)
    if library is not None:
        return f"the program uses `{library[0]}`, which creates resources, and programs are not run"
    if PurePosixPath(path).name.startswith("serverless."):
        return "the program is a configuration of the Serverless Framework, and programs are not run"
    if PurePosixPath(path).suffix.lower() in (".graphql", ".gql") and "@aws_" in text:
        return "the schema says who may call which field, and schemas are not compared"
    match = _GRANT.search(text) if is_program(path) else None
    if match is not None:
        return f"the program has `{match[0].strip()}`, which gives access, and programs are not run"
    call = find_access_call(text)
    return None if call is None else f"the program has `{call}`, which changes access, and programs are not run"
