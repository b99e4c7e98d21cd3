"""The change of a role's policies that a suggestion makes, with a file name for each document."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from iamglue.formats.policies.names import file_name
from iamglue.model.account import AttachedPolicy
from iamglue.model.role_context import RoleReplacement, RoleResult
from iamglue.policy.arns import split_arn_fields
from iamglue.policy.document import policy_data, policy_json
from iamglue.policy.model import Policy


@dataclass(frozen=True, slots=True)
class AddedPolicy:
    """A policy that the change adds to the role."""

    name: str
    policy: Policy
    file: str

    @property
    def text(self) -> str:
        """The document as ASCII JSON."""
        return policy_json(self.policy)

    @property
    def description(self) -> str:
        """Description if it is a managed policy; it identifies ours among policies of the same name."""
        digest = hashlib.sha256(json.dumps(policy_data(self.policy)).encode()).hexdigest()[:16]
        return f"Suggested by iamglue, document {digest}"


@dataclass(frozen=True, slots=True)
class RemovedPolicy:
    """A policy that the change removes: an attached one if `arn` is set, otherwise an inline one."""

    name: str
    arn: str | None
    text: str
    file: str

    @property
    def data(self) -> Any:
        """The document as plain data. Raises ValueError if it is not valid JSON."""
        return json.loads(self.text)


@dataclass(frozen=True, slots=True)
class RoleChange:
    """The added, removed and retained policies of a role; `managed`: the added ones are managed, otherwise inline."""

    role: str
    account: str
    partition: str
    managed: bool
    added: tuple[AddedPolicy, ...]
    removed: tuple[RemovedPolicy, ...]
    retained: tuple[AttachedPolicy, ...]

    @property
    def removed_attached(self) -> tuple[RemovedPolicy, ...]:
        """The removed attached policies."""
        return tuple(policy for policy in self.removed if policy.arn is not None)

    @property
    def removed_inline(self) -> tuple[RemovedPolicy, ...]:
        """The removed inline policies."""
        return tuple(policy for policy in self.removed if policy.arn is None)

    def added_policy_arn(self, new: AddedPolicy) -> str:
        """The ARN of a new managed policy."""
        return f"arn:{self.partition}:iam::{self.account}:policy/{new.name}"


def role_change(role_result: RoleResult, replacement: RoleReplacement) -> RoleChange:
    """The change that the replacement makes to the policies of the role."""
    role = role_result.context.role
    detach, delete = {*replacement.detach}, {*replacement.delete}
    old = [policy for policy in role.policies if (policy.arn in detach if policy.arn else policy.name in delete)]
    return RoleChange(
        role=role.name,
        account=role.account,
        partition=split_arn_fields(role.arn)[1],
        managed=replacement.managed,
        added=tuple(
            AddedPolicy(name, policy, f"policy-{file_name(name)}.json") for name, policy in replacement.policies
        ),
        removed=tuple(
            RemovedPolicy(policy.name, policy.arn, _ascii_json(policy.text), f"old/{_stem(policy, old)}.json")
            for policy in old
        ),
        retained=tuple(policy for policy in role.policies if policy not in old),
    )


def _stem(policy: AttachedPolicy, others: Sequence[AttachedPolicy]) -> str:
    """File name without suffix: the policy's name, or its ARN if several policies of the role have that name.

    An inline and an attached policy may have the same name, and so may attached policies of different paths.
    """
    same = [candidate for candidate in others if candidate.name.lower() == policy.name.lower()]
    return file_name(policy.name if len(same) == 1 or policy.arn is None else policy.arn)


def _ascii_json(text: str) -> str:
    """The same JSON with non-ASCII characters escaped, so that no tool can misread its encoding."""
    return "".join(character if character < "\x7f" else _json_escape(character) for character in text)


def _json_escape(character: str) -> str:
    return json.dumps(character)[1:-1]
