"""A file that contains policies: its text, its policies, and what could not be read."""

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

    `owner` names the role, user, group or function; `kind` is "managed-policy", "sam-template",
    "permissions-boundary", or "invalid-sam-policy" for an entry that SAM does not accept. `arguments` has the values of
    a SAM policy template's parameters.
    """

    node: Node
    owner: str
    kind: str = "managed-policy"
    arguments: Node | None = None


@dataclass(eq=False)
class ParsedFile:
    """One file. `syntax_error`: why nothing could be read; `duplicate_keys`: keys of policies that are listed twice.

    `spec_errors` are the errors of a spec. `suppressions` are the file's suppression comments; `unused_suppressions`
    those that matched no finding, known after the rules have run.
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
        """Whether some policies are inline policies of a known role, user or group."""
        return any(policy.owner is not None for policy in self.policies)
