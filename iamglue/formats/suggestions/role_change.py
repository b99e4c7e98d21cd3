"""The change of a role's policies that a suggestion makes, with the name of a file for each document."""

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
    """A policy that comes."""

    name: str
    policy: Policy
    file: str

    @property
    def text(self) -> str:
        """Its document as JSON of ASCII alone."""
        return policy_json(self.policy)

    @property
    def description(self) -> str:
        """What is written on it when it is a managed policy, so that it can be told from others of that name."""
        digest = hashlib.sha256(json.dumps(policy_data(self.policy)).encode()).hexdigest()[:16]
        return f"Suggested by iamglue, document {digest}"


@dataclass(frozen=True, slots=True)
class RemovedPolicy:
    """A policy that goes: an attached one by its ARN, else an inline one."""

    name: str
    arn: str | None
    text: str
    file: str

    @property
    def data(self) -> Any:
        """Its document as plain data. Raises ValueError where it is no JSON."""
        return json.loads(self.text)


@dataclass(frozen=True, slots=True)
class RoleChange:
    """What goes, what stays and what comes; the new policies are managed ones or inline."""

    role: str
    account: str
    partition: str
    managed: bool
    added: tuple[AddedPolicy, ...]
    removed: tuple[RemovedPolicy, ...]
    retained: tuple[AttachedPolicy, ...]

    @property
    def removed_attached(self) -> tuple[RemovedPolicy, ...]:
        """The attached policies that go."""
        return tuple(each for each in self.removed if each.arn is not None)

    @property
    def removed_inline(self) -> tuple[RemovedPolicy, ...]:
        """The inline policies that go."""
        return tuple(each for each in self.removed if each.arn is None)

    def added_policy_arn(self, new: AddedPolicy) -> str:
        """The ARN of a new managed policy."""
        return f"arn:{self.partition}:iam::{self.account}:policy/{new.name}"


def role_change(judged: RoleResult, suggested: RoleReplacement) -> RoleChange:
    """The change that `suggested` makes to the role of `judged`."""
    role = judged.context.role
    goes = {*suggested.detach}, {*suggested.delete}
    old = [each for each in role.policies if (each.arn in goes[0] if each.arn else each.name in goes[1])]
    return RoleChange(
        role=role.name,
        account=role.account,
        partition=split_arn_fields(role.arn)[1],
        managed=suggested.managed,
        added=tuple(AddedPolicy(name, policy, f"policy-{file_name(name)}.json") for name, policy in suggested.policies),
        removed=tuple(
            RemovedPolicy(each.name, each.arn, _ascii(each.text), f"old/{_stem(each, old)}.json") for each in old
        ),
        retained=tuple(each for each in role.policies if each not in old),
    )


def _stem(policy: AttachedPolicy, others: Sequence[AttachedPolicy]) -> str:
    """An inline policy and an attached one of the role may have one name, and so may two of other paths."""
    same = [each for each in others if each.name.lower() == policy.name.lower()]
    return file_name(policy.name if len(same) == 1 or policy.arn is None else policy.arn)


def _ascii(text: str) -> str:
    """The same JSON with every other character escaped: no tool's idea of encodings can change it."""
    return "".join(each if each < "\x7f" else _escaped(each) for each in text)


def _escaped(character: str) -> str:
    return json.dumps(character)[1:-1]
