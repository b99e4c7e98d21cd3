"""The change of a role's policies that a suggestion makes, with the name of a file for each document."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from iamglue.formats.policies.names import file_name
from iamglue.model.account import AttachedPolicy
from iamglue.model.role_context import Judged, Replacement
from iamglue.policy.arns import split_fields
from iamglue.policy.document import document, policy_json
from iamglue.policy.model import Policy


@dataclass(frozen=True, slots=True)
class New:
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
        digest = hashlib.sha256(json.dumps(document(self.policy)).encode()).hexdigest()[:16]
        return f"Suggested by iamglue, document {digest}"


@dataclass(frozen=True, slots=True)
class Old:
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
    new: tuple[New, ...]
    old: tuple[Old, ...]
    kept: tuple[AttachedPolicy, ...]

    @property
    def attached(self) -> tuple[Old, ...]:
        """The attached policies that go."""
        return tuple(each for each in self.old if each.arn is not None)

    @property
    def inline(self) -> tuple[Old, ...]:
        """The inline policies that go."""
        return tuple(each for each in self.old if each.arn is None)

    def arn(self, new: New) -> str:
        """The ARN of a new managed policy."""
        return f"arn:{self.partition}:iam::{self.account}:policy/{new.name}"


def role_change(judged: Judged, suggested: Replacement) -> RoleChange:
    """The change that `suggested` makes to the role of `judged`."""
    role = judged.case.role
    goes = {*suggested.detach}, {*suggested.delete}
    old = [each for each in role.policies if (each.arn in goes[0] if each.arn else each.name in goes[1])]
    return RoleChange(
        role=role.name,
        account=role.account,
        partition=split_fields(role.arn)[1],
        managed=suggested.managed,
        new=tuple(New(name, policy, f"policy-{file_name(name)}.json") for name, policy in suggested.policies),
        old=tuple(Old(each.name, each.arn, _ascii(each.text), f"old/{_stem(each, old)}.json") for each in old),
        kept=tuple(each for each in role.policies if each not in old),
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
