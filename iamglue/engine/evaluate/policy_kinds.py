"""The kinds of policies, and how each kind matches its Resource patterns."""

from __future__ import annotations

from enum import StrEnum

from iamglue.policy.arns import ResourceMatchOptions, ShortArnRule


class PolicyKind(StrEnum):
    """A kind of policy. The value is its name in options and JSON output."""

    IDENTITY = "identity"
    BOUNDARY = "boundary"
    SESSION = "session"
    SCP = "scp"
    RCP = "rcp"
    ENDPOINT = "endpoint"
    RESOURCE = "resource"

    @property
    def display_name(self) -> str:
        """The name of this kind in AWS's guides."""
        return _DISPLAY_NAMES[self]

    @property
    def match_options(self) -> ResourceMatchOptions:
        """How Resource patterns match: kinds differ for patterns with fewer than six fields."""
        return _MATCH_OPTIONS[self]

    @property
    def names_principals(self) -> bool:
        """Whether statements of this kind have a Principal. Statements of other kinds must not have one.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
        """
        return self in (PolicyKind.RCP, PolicyKind.ENDPOINT, PolicyKind.RESOURCE)

    @property
    def in_levels(self) -> bool:
        """Whether each level of an organization has its own layer of this kind, and each must allow."""
        return self in (PolicyKind.SCP, PolicyKind.RCP)


_DISPLAY_NAMES = {
    PolicyKind.IDENTITY: "identity-based policy",
    PolicyKind.BOUNDARY: "permissions boundary",
    PolicyKind.SESSION: "session policy",
    PolicyKind.SCP: "service control policy",
    PolicyKind.RCP: "resource control policy",
    PolicyKind.ENDPOINT: "VPC endpoint policy",
    PolicyKind.RESOURCE: "resource-based policy",
}
_MATCH_OPTIONS = {
    PolicyKind.IDENTITY: ResourceMatchOptions(ShortArnRule.FILL),
    PolicyKind.BOUNDARY: ResourceMatchOptions(ShortArnRule.FILL),
    PolicyKind.SESSION: ResourceMatchOptions(ShortArnRule.FILL),
    PolicyKind.SCP: ResourceMatchOptions(ShortArnRule.FILL_IF_TRAILING_STAR),
    PolicyKind.RCP: ResourceMatchOptions(ShortArnRule.NO_MATCH),
    PolicyKind.ENDPOINT: ResourceMatchOptions(ShortArnRule.FILL_IF_WILDCARD),
    PolicyKind.RESOURCE: ResourceMatchOptions(ShortArnRule.FILL_IF_WILDCARD),
}
