"""A file that policies are written in: its text, the policies found in it, and what could not be read of it."""

from __future__ import annotations

from dataclasses import dataclass

from iamglue.errors import IamglueError
from iamglue.findings import NotEvaluated
from iamglue.model.suppressions import Suppression
from iamglue.policy.parsed_policy import ParsedPolicy
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
class ParsedFile:
    """One file. `malformed`: why nothing of it could be read; `duplicates`: keys of policies that stand twice.

    `problems` are the errors of a spec. `suppressions` are the file's comments, `unused` those that left out nothing,
    known once the rules have run.
    """

    path: str
    text: str
    policies: tuple[ParsedPolicy, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    syntax_error: IamglueError | None = None
    duplicate_keys: tuple[IamglueError, ...] = ()
    not_evaluated: tuple[NotEvaluated, ...] = ()
    spec_errors: tuple[IamglueError, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    unused_suppressions: tuple[Suppression, ...] = ()

    @property
    def has_inline_policies(self) -> bool:
        """Whether some policies are inline policies of a role, user or group that is known."""
        return any(policy.owner is not None for policy in self.policies)
