"""The kinds of policies that have a say in a request, and how each reads its Resource patterns."""

from __future__ import annotations

from enum import StrEnum

from iamglue.policy.arns import ResourceMatchOptions, ShortArnRule


class PolicyKind(StrEnum):
    """A kind of policy, by the word that options and JSON output have for it."""

    IDENTITY = "identity"
    BOUNDARY = "boundary"
    SESSION = "session"
    SCP = "scp"
    RCP = "rcp"
    RESOURCE = "resource"

    @property
    def display_name(self) -> str:
        """What AWS's guides call policies of this kind."""
        return _WORDS[self]

    @property
    def reading(self) -> ResourceMatchOptions:
        """How Resource patterns are read: kinds differ in what a pattern of fewer than six fields matches."""
        return _READINGS[self]

    @property
    def names_principals(self) -> bool:
        """Whether statements have a Principal: those of other kinds must have none.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
        """
        return self in (PolicyKind.RCP, PolicyKind.RESOURCE)

    @property
    def in_levels(self) -> bool:
        """Whether there is one layer of them for each level of an organization, and each has to allow."""
        return self in (PolicyKind.SCP, PolicyKind.RCP)


_WORDS = {
    PolicyKind.IDENTITY: "identity-based policy",
    PolicyKind.BOUNDARY: "permissions boundary",
    PolicyKind.SESSION: "session policy",
    PolicyKind.SCP: "service control policy",
    PolicyKind.RCP: "resource control policy",
    PolicyKind.RESOURCE: "resource-based policy",
}
_READINGS = {
    PolicyKind.IDENTITY: ResourceMatchOptions(ShortArnRule.FILL),
    PolicyKind.BOUNDARY: ResourceMatchOptions(ShortArnRule.FILL),
    PolicyKind.SESSION: ResourceMatchOptions(ShortArnRule.FILL),
    PolicyKind.SCP: ResourceMatchOptions(ShortArnRule.FILL_IF_TRAILING_STAR),
    PolicyKind.RCP: ResourceMatchOptions(ShortArnRule.NO_MATCH),
    PolicyKind.RESOURCE: ResourceMatchOptions(ShortArnRule.FILL_IF_WILDCARD),
}
