"""A file that policies are written in: its text, the policies found in it, and what could not be read of it."""

from __future__ import annotations

from dataclasses import dataclass

from iamglue.errors import IamglueError
from iamglue.findings import NotEvaluated
from iamglue.model.suppressions import Suppression
from iamglue.policy.parsed_policy import WrittenPolicy
from iamglue.policy.source.nodes import Node


@dataclass(eq=False)
class Attachment:
    """A policy that is attached by name: an ARN of a managed policy, or the name of a SAM policy template.

    `owner` names the role, user, group or function; `kind` is "managed-policy", "sam-template" or
    "permissions-boundary".
    """

    node: Node
    owner: str
    kind: str = "managed-policy"


@dataclass(eq=False)
class WrittenFile:
    """One file. `malformed`: why nothing of it could be read; `duplicates`: keys of policies that stand twice.

    `problems` are the errors of a spec. `suppressions` are the file's comments, `unused` those that left out nothing,
    known once the rules have run.
    """

    path: str
    text: str
    policies: tuple[WrittenPolicy, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    malformed: IamglueError | None = None
    duplicates: tuple[IamglueError, ...] = ()
    not_evaluated: tuple[NotEvaluated, ...] = ()
    problems: tuple[IamglueError, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    unused: tuple[Suppression, ...] = ()

    @property
    def has_owned_policies(self) -> bool:
        """Whether some policies are inline policies of a role, user or group that is known."""
        return any(policy.owner is not None for policy in self.policies)
