"""Messages of services that cannot assume the role that they were given: its trust policy does not name them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamglue.model.denial import AccessDenial, DenialPolicyType
from iamglue.readers.denials.message import DenialMessage

_ROLE = r"[\"'`]?(?P<role>arn:[\w-]+:iam::[^\s\"'`,;]*[^\s\"'`,;.])?[\"'`]?"
_HOST = r"[\"'`]?(?P<host>[a-z0-9.-]+\.amazonaws\.com)[\"'`]?"
# The service by its principal, or the principal of the service whose words these are.
_FORMS: tuple[tuple[str, str | None], ...] = (
    # https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
    (r"role\s+defined\s+for\s+the\s+function\s+cannot\s+be\s+assumed\s+by\s+Lambda", "lambda.amazonaws.com"),
    # https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html
    (
        rf"execution\s+role\s+{_ROLE}\s*you\s+provide\s+must\s+allow\s+AWS\s+EventBridge\s+Scheduler\s+to\s+assume",
        "scheduler.amazonaws.com",
    ),
    # https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html
    (rf"neither\s+the\s+global\s+service\s+principal\s+{_HOST},\s+nor\s+the\s+regional\s+one", None),
    (
        rf"{_HOST}\s+is\s+(?:not\s+authorized|unable)\s+to\s+assume\s+(?:the\s+)?(?:provided\s+)?(?:role\s+)?{_ROLE}",
        None,
    ),
    (rf"role\s+{_ROLE}\s*cannot\s+be\s+assumed\s+by\s+(?:the\s+)?(?:service\s+)?(?:principal\s+)?{_HOST}", None),
    # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
    (rf"ECS\s+was\s+unable\s+to\s+assume\s+the\s+role\s+{_ROLE}", "ecs-tasks.amazonaws.com"),
    # https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html
    (rf"Firehose\s+is\s+unable\s+to\s+assume\s+(?:the\s+)?role\s+{_ROLE}", "firehose.amazonaws.com"),
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
    (
        r"API\s+Gateway\s+does\s+not\s+have\s+permission\s+to\s+assume\s+the\s+provided\s+role",
        "apigateway.amazonaws.com",
    ),
    # https://docs.aws.amazon.com/codebuild/latest/userguide/setting-up-service-role.html
    (
        rf"CodeBuild\s+is\s+not\s+authorized\s+to\s+perform:\s+sts:AssumeRole\s+on\s+(?:service\s+role|{_ROLE})",
        "codebuild.amazonaws.com",
    ),
    # https://docs.aws.amazon.com/codepipeline/latest/userguide/troubleshooting.html
    (
        rf"CodePipeline\s+is\s+not\s+authorized\s+to\s+perform\s+AssumeRole\s+on\s+role\s+{_ROLE}",
        "codepipeline.amazonaws.com",
    ),
    # https://docs.aws.amazon.com/glue/latest/dg/troubleshooting-glue.html
    (
        r"Service\s+is\s+unable\s+to\s+assume\s+(?:the\s+)?provided\s+role\.\s+Please\s+verify\s+role['\u2019]s\s+TrustPolicy",
        "glue.amazonaws.com",
    ),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html
    (rf"Role\s+{_ROLE}\s*is\s+invalid\s+or\s+cannot\s+be\s+assumed", "cloudformation.amazonaws.com"),
)
_PATTERNS = tuple((re.compile(pattern, re.IGNORECASE), service) for pattern, service in _FORMS)
# https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
_PROPAGATION_CAVEAT = "a role that was created or changed a moment ago may not be visible to the service yet: try again"


def find_assume_role_messages(text: str) -> Iterator[DenialMessage]:
    """Every message that a service cannot assume a role."""
    for pattern, service in _PATTERNS:
        for match in pattern.finditer(text):
            groups = match.groupdict()
            denial = AccessDenial(
                principal=service or (groups.get("host") or "").lower(),
                action="sts:AssumeRole",
                resource=groups.get("role"),
                policy_type=DenialPolicyType.TRUST,
                caveats=(_PROPAGATION_CAVEAT,),
            )
            yield DenialMessage(match.start(), match.end(), denial)
