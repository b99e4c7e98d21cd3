"""The policies of one role in files of any kind that `lint` reads, for `infer policy`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from iamglue.errors import IamglueError, Location, MultipleErrors
from iamglue.model.inference import ChangeKind, SpecChange
from iamglue.model.parsed_file import ParsedFile
from iamglue.model.policy_file import PolicyFile
from iamglue.policy.model import VERSION_2012, Policy
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType
from iamglue.readers.file_kind import file_kind_of_text
from iamglue.spelling import did_you_mean


def role_policies(
    files: Sequence[ParsedFile], name: str | None = None
) -> tuple[tuple[PolicyFile, ...], tuple[SpecChange, ...]]:
    """The identity-based policies of a role, and what of the files is left out.

    `name` is the role, or the policy, if the files have several. Raises IamglueError if a file cannot be read, has no
    such policies, or has policies of several roles and `name` is not one of them; MultipleErrors if one is not valid.
    """
    for file in files:
        if file.syntax_error:
            raise file.syntax_error
    policies = _policies_of([policy for file in files for policy in file.policies if _is_of_role(policy)], files, name)
    problems = [problem for policy in policies for problem in policy.problems]
    if problems:
        raise MultipleErrors(problems)
    changes = list(_omitted_parts(files))
    known: list[PolicyFile] = []
    for policy in policies:
        known_part, unknown_part = _policy_file(policy)
        known.append(known_part)
        changes += unknown_part
    return tuple(known), tuple(changes)


def _is_of_role(policy: ParsedPolicy) -> bool:
    return policy.type is PolicyType.IDENTITY


def _policies_of(policies: list[ParsedPolicy], files: Sequence[ParsedFile], name: str | None) -> list[ParsedPolicy]:
    """The policies of one role. Raises IamglueError if none has that name, or there are several to choose from."""
    names = sorted({_owner(policy) for policy in policies})
    if not policies:
        kind = file_kind_of_text(files[0].text, files[0].path)
        if kind is not None and not kind.has_policies:
            raise kind.error("a file with policies", files[0].path)
        what = "a policy of a role" if any(file.policies for file in files) else "a policy"
        raise IamglueError(f"{files[0].path} does not contain {what}")
    if name is not None and name not in names:
        raise IamglueError(f"{files[0].path} has no policies of `{name}`", hint=did_you_mean(name, names))
    if name is None and len(names) > 1:
        listed = ", ".join(names)
        raise IamglueError(
            f"{files[0].path} has policies of {len(names)} roles", hint=f"choose one with --role: {listed}"
        )
    return [policy for policy in policies if name in (None, _owner(policy))]


def _owner(policy: ParsedPolicy) -> str:
    """The role of a policy; the policy's own name if its role is not known."""
    return policy.owner or policy.name


def _omitted_parts(files: Iterable[ParsedFile]) -> Iterator[SpecChange]:
    """What a spec cannot say of the files: policies of other types, attached policies, and unknown parts."""
    for file in files:
        for policy in file.policies:
            if not _is_of_role(policy):
                reason = f"it is a {policy.type} policy, and a spec says what a role is allowed"
                yield SpecChange(ChangeKind.DROPPED, policy.name or "the policy", reason, policy.node.location)
        for attachment in file.attachments:
            reason = "its document is not in the file"
            yield SpecChange(
                ChangeKind.DROPPED, attachment.node.text or attachment.kind, reason, attachment.node.location
            )
        for item in file.not_evaluated:
            yield SpecChange(ChangeKind.DROPPED, item.what, item.reason, Location(file.path))


def _policy_file(policy: ParsedPolicy) -> tuple[PolicyFile, list[SpecChange]]:
    """The statements of a policy that are known before deployment, and those that are not as changes."""
    known = [(statement, value) for statement in policy.statements if (value := statement.value) is not None]
    unknown = [
        SpecChange(
            ChangeKind.DROPPED,
            f"statement {statement.index + 1}",
            "a part of it is known only at deployment",
            statement.node.location,
        )
        for statement in policy.statements
        if statement.value is None
    ]
    version = VERSION_2012 if policy.has_unresolved else policy.version
    content = Policy(tuple(value for _, value in known), version)
    return PolicyFile(policy.path, content, tuple(statement.node.location for statement, _ in known)), unknown
