"""Service principals (`lambda.amazonaws.com`) by name, from `data/service_principals.tsv`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from iamglue.catalog.partitions import infer_partition
from iamglue.catalog.tables import table_rows

_LABEL = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
# Alexa uses amazon.com; principals of China may end in `.cn`.
_NAME = re.compile(rf"(?:{_LABEL}\.)+(?:amazonaws\.com(?:\.cn)?|amazon\.com|aws\.internal)")


@dataclass(frozen=True, slots=True)
class ServicePrincipal:
    """One service principal.

    `sends_source_arn`: with a resource-based policy, the service sends the resource that it acts for
    (`aws:SourceArn`); None if unknown. `trust_policy_needs_source`: its guide requires that key in the trust policy
    of a role, too.
    """

    name: str
    sends_source_arn: bool | None
    trust_policy_needs_source: bool


@cache
def service_principals() -> dict[str, ServicePrincipal]:
    """All known service principals, by name without Region and `.cn`."""
    answers = {"yes": True, "no": False}
    return {
        row["principal"]: ServicePrincipal(row["principal"], answers.get(row["confused"]), row["role"] == "yes")
        for row in table_rows("service_principals")
    }


@lru_cache(maxsize=1024)
def find_service_principal(text: str) -> ServicePrincipal | None:
    """The known service principal for `text`, which may have a Region or `.cn`; None if unknown."""
    return service_principals().get(base_service_principal(text))


def is_service_principal(text: str) -> bool:
    """Whether a text has the form of a service principal."""
    return _NAME.fullmatch(text) is not None


def base_service_principal(text: str) -> str:
    """A service principal without its Region and `.cn`: `logs.eu-west-1.amazonaws.com` is `logs.amazonaws.com`.

    So it is with the pseudo parameters for the Region and the domain: `logs.${AWS::Region}.${AWS::URLSuffix}`.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
    """
    if "${" in text:
        text = text.replace(".${AWS::Region}", "").replace("${AWS::URLSuffix}", "amazonaws.com")
    labels = text.removesuffix(".cn").split(".")
    return ".".join(label for label in labels if not infer_partition(label))
