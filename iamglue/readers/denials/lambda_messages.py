"""Messages of Lambda about the execution role of a function, and of a service that may not invoke it.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamglue.catalog import operations
from iamglue.model.denial import AccessDenial, DenialPolicyType
from iamglue.policy.arns import parse_arn
from iamglue.readers.denials.message import DenialMessage
from iamglue.readers.denials.operation_names import canonical_action, service_prefix
from iamglue.readers.denials.standard_messages import CIPHERTEXT_CAVEAT

EXECUTION_ROLE = "the function's execution role"
_ROLE_PERMISSIONS = re.compile(
    r"role\s+(?:(?P<role>arn:\S+)\s+)?does\s+not\s+have\s+(?:the\s+)?(?:required\s+)?permissions?\s+to\s+call\s+"
    r"(?P<operation>\w+)\s+on\s+(?:(?P<arn>arn:[^\s,;()\"']+)|(?P<service>\w+))",
    re.IGNORECASE,
)
# `Your access has been denied by EC2, please make sure your function execution role have permission to ...`
_DENIED_BY = re.compile(
    r"access\s+has\s+been\s+denied\s+by\s+(?P<service>\w+),\s+please\s+make\s+sure\s+your\s+"
    r"(?P<caller>function\s+execution\s+role|request\s+credentials)\s+ha(?:ve|s)\s+(?:the\s+)?permissions?\s+to\s+"
    r"\*?(?P<operation>\w+)\*?(?:\s+for\s+(?P<object>[^\s/]+/\S*[^\s.]))?",
    re.IGNORECASE,
)
_STREAM = re.compile(
    r"cannot\s+access\s+stream\s+(?P<arn>[^\s\"']+?)[\"']?\.?\s+please\s+ensure\s+the\s+role\s+can\s+perform\s+the\s+"
    r"(?P<operations>[\w,\s]+?)\s+actions",
    re.IGNORECASE,
)
_ENVIRONMENT = re.compile(
    r"unable\s+to\s+decrypt\s+the\s+environment\s+variables\s+because\s+KMS\s+access\s+was\s+denied"
    r"(?P<rest>(?:(?!not\s+authorized\s+to\s+perform).){0,400})",
    re.IGNORECASE | re.DOTALL,
)
_FILE_SYSTEM = re.compile(
    r"EFSMountFailureException|(?:couldn['\u2019]t|could\s+not)\s+mount\s+the\s+configured\s+(?:EFS\s+)?file\s+system\s+"
    r"due\s+to\s+a\s+permission",
    re.IGNORECASE,
)
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
_LOAD_BALANCER = re.compile(
    r"elasticloadbalancing\s+principal\s+does\s+not\s+have\s+permission\s+to\s+invoke\s+(?P<arn>arn:[^\s,;()\"']+)",
    re.IGNORECASE,
)
_GRANT_CAVEAT = (
    "Lambda decrypts the variables with a grant on the key, which ends when the execution role is deleted, also if a "
    "role of the same name is created again: then set another role for the function and set this one again"
)
_VPC_CAVEAT = (
    "for a VPC Lambda needs further EC2 actions: the managed policy AWSLambdaVPCAccessExecutionRole lists them"
)
_FILE_SYSTEM_CAVEAT = (
    "the cause may also be a configuration issue; a function that writes also needs elasticfilesystem:ClientWrite, and "
    "the file system's policy must not deny it"
)


def find_lambda_messages(text: str) -> Iterator[DenialMessage]:
    """Every message of Lambda about what an execution role lacks."""
    for pattern, build in _FORMS:
        for match in pattern.finditer(text):
            denial = build(match)
            if denial is not None:
                yield DenialMessage(match.start(), match.end(), denial)


def _role_permissions(match: re.Match[str]) -> AccessDenial:
    """The denial in `The provided execution role does not have permissions to call O on S`."""
    arn = parse_arn(match["arn"].rstrip(".") if match["arn"] else "")
    prefix = service_prefix(arn.service if arn else match["service"] or "")
    return _execution_role_denial(prefix, match["operation"], match["role"], str(arn) if arn else None)


def _denied_by(match: re.Match[str]) -> AccessDenial:
    """The denial in `Your access has been denied by S`: of the execution role, or of the caller of CreateFunction."""
    prefix = service_prefix(match["service"])
    if match["caller"].lower().startswith("function"):
        return _execution_role_denial(prefix, match["operation"], None, None)
    resource = f"arn:aws:s3:::{match['object']}" if prefix == "s3" and match["object"] else None
    return AccessDenial(action=_operation_action(prefix, match["operation"]), resource=resource)


def _execution_role_denial(prefix: str | None, operation: str, role: str | None, arn: str | None) -> AccessDenial:
    """The denial of an operation that Lambda calls as the function's execution role."""
    action = _operation_action(prefix, operation)
    # The network interface does not exist yet, and the subnet is not in the message:
    # https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
    in_vpc = action == "ec2:CreateNetworkInterface"
    unknown = (f"the service in the message is not known, so the action of {operation} is not",) if not action else ()
    return AccessDenial(
        principal=role,
        action=action,
        resource="*" if in_vpc else arn,
        policy_type=DenialPolicyType.IDENTITY,
        is_explicit=False,
        caller=EXECUTION_ROLE,
        caveats=(_VPC_CAVEAT,) if in_vpc else unknown,
    )


def _stream(match: re.Match[str]) -> AccessDenial | None:
    """The denial in `Cannot access stream ARN. Please ensure the role can perform the ... Actions on your stream`."""
    arn = parse_arn(match["arn"])
    names = [name for name in re.split(r"[,\s]+", match["operations"]) if name.lower() not in ("", "and")]
    # Without a readable ARN the stream may be of Kinesis or DynamoDB: only Kinesis has ListShards.
    prefix = arn.service if arn else "kinesis" if "ListShards" in names else None
    if prefix is None or not names:
        return None
    actions = [canonical_action(f"{prefix}:{name}") for name in names]
    return AccessDenial(
        action=actions[0],
        additional_actions=tuple(actions[1:]),
        resource=str(arn) if arn else None,
        policy_type=DenialPolicyType.IDENTITY,
        is_explicit=False,
        caller=EXECUTION_ROLE,
        caveats=("the message names every action that Lambda needs, not only those that are missing",),
    )


def _environment(match: re.Match[str]) -> AccessDenial:
    """The denial in `Lambda was unable to decrypt the environment variables because KMS access was denied`.

    https://repost.aws/knowledge-center/lambda-kmsaccessdeniedexception-errors
    """
    caveats = (_GRANT_CAVEAT, CIPHERTEXT_CAVEAT) if "ciphertext" in match["rest"].lower() else (_GRANT_CAVEAT,)
    return AccessDenial(action="kms:Decrypt", caller=EXECUTION_ROLE, caveats=caveats)


def _file_system(_: re.Match[str]) -> AccessDenial:
    """The denial in `The function couldn't mount the configured file system due to a permission ... issue`.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-filesystem.html
    """
    return AccessDenial(action="elasticfilesystem:ClientMount", caller=EXECUTION_ROLE, caveats=(_FILE_SYSTEM_CAVEAT,))


def _load_balancer(match: re.Match[str]) -> AccessDenial:
    """The denial in `elasticloadbalancing principal does not have permission to invoke ARN from target group ARN`."""
    arn = parse_arn(match["arn"].rstrip("."))
    return AccessDenial(
        principal="elasticloadbalancing.amazonaws.com",
        action="lambda:InvokeFunction",
        resource=str(arn) if arn else None,
        policy_type=DenialPolicyType.RESOURCE,
    )


def _operation_action(prefix: str | None, operation: str) -> str | None:
    """The first action of an operation; the operation's own name if it is not in the catalog."""
    actions = operations.operation_actions(prefix, operation) if prefix else None
    return actions[0] if actions else f"{prefix}:{operation}" if prefix else None


_FORMS = (
    (_ROLE_PERMISSIONS, _role_permissions),
    (_DENIED_BY, _denied_by),
    (_STREAM, _stream),
    (_ENVIRONMENT, _environment),
    (_FILE_SYSTEM, _file_system),
    (_LOAD_BALANCER, _load_balancer),
)
