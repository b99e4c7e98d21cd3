"""The zone of trust: the accounts and organizations whose principals are not outsiders.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-findings.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from iamglue.errors import IamglueError

SELF = "self"
_ACCOUNT = re.compile(r"[0-9]{12}")
# https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html
_ORGANIZATION = re.compile(r"o-[a-z0-9]{10,32}")
_PATH = re.compile(r"o-[a-z0-9]{10,32}/r-[0-9a-z]{4,32}(/ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})*/?")


@dataclass(frozen=True, slots=True)
class TrustZone:
    """Account IDs, organization IDs, and paths of organizational units (`o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/`).

    `includes_own`: the account of the policy's resource is in the zone as well.
    """

    accounts: tuple[str, ...] = ()
    organizations: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    includes_own: bool = False

    @property
    def organization_ids(self) -> frozenset[str]:
        """The organizations of the zone, whole or in part: an account that the zone does not list may be in one."""
        return frozenset((*self.organizations, *(path.partition("/")[0] for path in self.paths)))


def parse_trust_zone(texts: Iterable[str]) -> TrustZone:
    """Parse the values of `--trust`: account IDs, organization IDs, paths of an organization, and `self`.

    Raises IamglueError for any other text.
    """
    accounts, organizations, paths, includes_own = [], [], [], False
    for text in texts:
        if text == SELF:
            includes_own = True
        elif _ACCOUNT.fullmatch(text):
            accounts.append(text)
        elif _ORGANIZATION.fullmatch(text):
            organizations.append(text)
        elif _PATH.fullmatch(text):
            paths.append(text if text.endswith("/") else f"{text}/")
        else:
            raise IamglueError(
                f"--trust `{text}`: expected an account ID of 12 digits, an organization ID (o-...), a path of an"
                " organization (o-.../r-.../ou-...), or self"
            )
    return TrustZone(tuple(accounts), tuple(organizations), tuple(paths), includes_own)
