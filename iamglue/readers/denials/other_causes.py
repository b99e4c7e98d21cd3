"""Messages of an access denial that no IAM policy causes: another permission system of the service decided."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamglue.model.denial import AccessDenial
from iamglue.readers.denials.message import DenialMessage

_CAUSES = (
    # https://docs.aws.amazon.com/lake-formation/latest/dg/lf-permissions-reference.html
    (
        r"insufficient\s+Lake\s+Formation\s+permission(?:\(s\)|s)?[^\n]*",
        (
            "Lake Formation denied it, not an IAM policy: grant the permission in Lake Formation to the principal"
            " (`aws lakeformation grant-permissions`); IAM's part is only glue and lakeformation:GetDataAccess"
        ),
    ),
    # https://docs.aws.amazon.com/opensearch-service/latest/developerguide/fgac.html
    (
        r"no\s+permissions\s+for\s+\[(?:indices|cluster):[^\]]*\](?:\s+and\s+(?:associated|User)\s[^\n]*)?",
        (
            "fine-grained access control of OpenSearch denied it, not an IAM policy: map the principal's ARN to "
            "an OpenSearch role that has the permission"
        ),
    ),
    # https://docs.aws.amazon.com/bedrock/latest/userguide/model-access.html
    (
        r"don['\u2019]t\s+have\s+access\s+to\s+the\s+model\s+with\s+the\s+specified\s+model\s+ID",
        (
            "the account has no access to the model in Amazon Bedrock, which an IAM policy for "
            "bedrock:InvokeModel does not give: request access to the model, or subscribe to it in AWS "
            "Marketplace"
        ),
    ),
    # https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
    (
        r"not\s+authorized\s+to\s+access\s+\w+\s+on\s+type\s+\w+",
        (
            "authorization rules of the AppSync API denied the field: directives of the schema (`@aws_iam`, "
            "`@auth`) or a resolver, not the caller's IAM policies alone"
        ),
    ),
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
    (
        r"User(?::\s*\S+)?\s+is\s+not\s+authorized\s+to\s+access\s+this\s+resource(?:\s+with\s+an\s+explicit\s+deny)?",
        (
            "a Lambda authorizer of the API denied it, by the policy that it returned, or an API's resource "
            "policy did: no policy of an IAM principal"
        ),
    ),
    # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using-service-linked-roles.html
    (
        r"unable\s+to\s+assume\s+the\s+service[\s-]linked\s+role[^\n]*",
        (
            "the service-linked role does not exist yet: create it with `aws iam create-service-linked-role` "
            "(requires iam:CreateServiceLinkedRole); its policies cannot be changed"
        ),
    ),
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    (
        r"cross-account\s+pass\s+role\s+is\s+not\s+allowed",
        (
            "a role of another account cannot be passed, whatever policies allow: pass a role of the caller's own"
            " account"
        ),
    ),
)
# `because public policies are blocked by the BlockPublicPolicy block public access setting`
_BLOCK_PUBLIC_ACCESS = re.compile(
    r"because\s+[^\n]{0,80}?\b(?P<setting>BlockPublicPolicy|BlockPublicAcls|IgnorePublicAcls|RestrictPublicBuckets)\b",
    re.IGNORECASE,
)
_PATTERNS = tuple((re.compile(pattern, re.IGNORECASE), cause) for pattern, cause in _CAUSES)


def find_other_causes(text: str) -> Iterator[DenialMessage]:
    """Every message whose cause is not an IAM policy."""
    for pattern, cause in _PATTERNS:
        for match in pattern.finditer(text):
            yield DenialMessage(match.start(), match.end(), AccessDenial(other_cause=cause))


def block_public_access_cause(text: str) -> str | None:
    """The cause of a message that names a setting of S3 Block Public Access as the reason; None for any other.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
    """
    match = _BLOCK_PUBLIC_ACCESS.search(text)
    if match is None:
        return None
    return (
        f"S3 Block Public Access denied it ({match['setting']}), not an IAM policy: leave out what is public, or "
        "change the setting of the bucket, the account and the organization"
    )
