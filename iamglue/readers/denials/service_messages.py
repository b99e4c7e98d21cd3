"""Messages about a request that a service makes and the policy of a resource does not allow.

https://repost.aws/knowledge-center/lambda-ecr-image
https://repost.aws/knowledge-center/api-gateway-rest-api-lambda-integrations
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamglue.model.denial import AccessDenial, DenialPolicyType
from iamglue.readers.denials.message import DenialMessage

_IMAGE = re.compile(r"Lambda\s+does\s+not\s+have\s+permissions?\s+to\s+access\s+the\s+ECR\s+image", re.IGNORECASE)
# API Gateway logs the request, with the function's ARN, in the line before.
_INTEGRATION = re.compile(
    r"(?:/functions/(?P<function>arn:[^\s/\"']+)/invocations(?:(?!/functions/).){0,200})?"
    r"Invalid\s+permissions\s+on\s+Lambda\s+function",
    re.IGNORECASE | re.DOTALL,
)
_IMAGE_CAVEAT = (
    "in another account than the function's, the repository's policy must allow the account of the function, too; who"
    " creates the function needs the same actions in any case"
)
_INTEGRATION_CAVEAT = "if API Gateway invokes the function by a role, that role must be allowed to invoke it instead"


def find_service_messages(text: str) -> Iterator[DenialMessage]:
    """Every message of Lambda about the image of a function, and of API Gateway about the function of an API."""
    for match in _IMAGE.finditer(text):
        denial = AccessDenial(
            principal="lambda.amazonaws.com",
            action="ecr:BatchGetImage",
            additional_actions=("ecr:GetDownloadUrlForLayer",),
            policy_type=DenialPolicyType.RESOURCE,
            caveats=(_IMAGE_CAVEAT,),
        )
        yield DenialMessage(match.start(), match.end(), denial)
    for match in _INTEGRATION.finditer(text):
        denial = AccessDenial(
            principal="apigateway.amazonaws.com",
            action="lambda:InvokeFunction",
            resource=match["function"],
            policy_type=DenialPolicyType.RESOURCE,
            caveats=(_INTEGRATION_CAVEAT,),
        )
        yield DenialMessage(match.start(), match.end(), denial)
