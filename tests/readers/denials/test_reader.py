"""AWS's access denied messages: the forms of its guide and those that its services write.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.rows import every_row

from iamglue.errors import IamglueError
from iamglue.readers.denials.reader import read_denial

USER = "arn:aws:iam::123456789012:user/JohnDoe"
SESSION = "arn:aws:sts::111122223333:assumed-role/role-name/session"
GROUP = "arn:aws:codedeploy:us-east-1:123456789012:deploymentgroup:*"
SCP = "arn:aws:organizations::987654321098:policy/o-a/service_control_policy/p-1"
IDENTITY, RESOURCE = "identity-based policy", "resource-based policy"
MESSAGES = {
    f"User: {USER} is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::b/a key because no "
    "identity-based policy allows the s3:GetObject action": (
        USER,
        "s3:GetObject",
        "arn:aws:s3:::b/a key",
        IDENTITY,
        False,
    ),
    f"User: {USER} is not authorized to perform: \ncodecommit:ListRepositories with an explicit deny in a service "
    "control policy": (USER, "codecommit:ListRepositories", None, "service control policy", True),
    f"User: {USER} is not authorized to perform: codecommit:ListRepositories due to an explicit deny in a Service "
    "Control Policy": (USER, "codecommit:ListRepositories", None, "service control policy", True),
    f"User: {USER} is not authorized to perform: codecommit:ListRepositories because no VPC endpoint policy allows the "
    "codecommit:ListRepositories action": (USER, "codecommit:ListRepositories", None, "VPC endpoint policy", False),
    f"User: {USER} is not authorized to perform: codedeploy:ListDeployments on resource: {GROUP} because no "
    "permissions boundary allows the codedeploy:ListDeployments action": (
        USER,
        "codedeploy:ListDeployments",
        GROUP,
        "permissions boundary",
        False,
    ),
    f"User: {USER} is not authorized to perform: codedeploy:ListDeployments on resource: {GROUP} with an explicit deny "
    "in a sessions policy": (USER, "codedeploy:ListDeployments", GROUP, "session policy", True),
    f"User: {USER} is not authorized to perform: sts:AssumeRole because no role trust policy allows the sts:AssumeRole "
    "action": (USER, "sts:AssumeRole", None, "role trust policy", False),
    f"User: {USER} is not authorized to perform: sts:AssumeRole with an explicit deny in the role trust policy": (
        USER,
        "sts:AssumeRole",
        None,
        "role trust policy",
        True,
    ),
    f'User: {USER} is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::b/k" with an explicit deny '
    "in a resource control policy": (USER, "s3:GetObject", "arn:aws:s3:::b/k", "resource control policy", True),
    f"User: {SESSION} is not authorized to perform: \nSNS:Publish on resource: arn:aws:sns:us-east-1:444455556666:t \n"
    "with an explicit deny in a VPC endpoint policy transitively through a service control policy": (
        SESSION,
        "sns:Publish",
        "arn:aws:sns:us-east-1:444455556666:t",
        "service control policy",
        True,
    ),
    f"api error UnauthorizedOperation: You are not authorized to perform this operation. User: {SESSION} is not "
    "authorized to perform: ec2:CreateVpcEndpoint on resource: arn:aws:ec2:eu-west-2:1:vpc-endpoint/* because no "
    "identity-based policy allows the vpce:AllowMultiRegion action.": (
        SESSION,
        "vpce:AllowMultiRegion",
        "arn:aws:ec2:eu-west-2:1:vpc-endpoint/*",
        IDENTITY,
        False,
    ),
    f"│ Error: AccessDenied: User: {SESSION} is not authorized to perform: iam:GetRole on resource: role R with an "
    "explicit deny in an identity-based policy\n│ \tstatus code: 403, request id: 1": (
        SESSION,
        "iam:GetRole",
        "role R",
        IDENTITY,
        True,
    ),
    f"User: {USER} is not authorized to perform: iam:GetRole on resource: role R\n\tstatus code: 403, request id: 1": (
        USER,
        "iam:GetRole",
        "role R",
        None,
        None,
    ),
    f"User: {USER} is not authorized to perform: lambda:GetFunction on resource: {GROUP} with an explicit deny": (
        USER,
        "lambda:GetFunction",
        GROUP,
        None,
        True,
    ),
    f"User: {USER} is not authorized to perform: dynamodb:PutItem on resource: {GROUP} (Service: DynamoDb, Status "
    "Code: 400)": (USER, "dynamodb:PutItem", GROUP, None, None),
    "User: anonymous is not authorized to perform: es:ESHttpGet": ("*", "es:ESHttpGet", None, None, None),
    "Not authorized to perform sts:AssumeRoleWithWebIdentity": (
        None,
        "sts:AssumeRoleWithWebIdentity",
        None,
        "role trust policy",
        None,
    ),
    "An error occurred (AccessDenied) when calling the GetObject operation: Access Denied": (
        None,
        "s3:GetObject",
        None,
        None,
        None,
    ),
    "An error occurred (403) when calling the HeadObject operation: Forbidden": (
        None,
        "s3:GetObject",
        None,
        None,
        None,
    ),
    "An error occurred (AccessDenied) when calling the ListObjectsV2 operation: Access Denied": (
        None,
        "s3:ListBucket",
        None,
        None,
        None,
    ),
    "AccessDenied": (None, None, None, None, None),
    "AccessDeniedException: The ciphertext refers to a customer master key that does not exist, does not exist in this "
    "region, or you are not allowed to access.": (None, "kms:Decrypt", None, None, None),
    f"User: {SESSION} is not authorized to perform: kms:Decrypt on the resource associated with this ciphertext "
    "because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based "
    "policy explicitly denies access": (SESSION, "kms:Decrypt", None, None, None),
    "The provided execution role does not have permissions to call ReceiveMessage on SQS (Service: AWSLambda)": (
        None,
        "sqs:ReceiveMessage",
        None,
        IDENTITY,
        False,
    ),
    "An error occurred (AccessDenied) when calling the SendMessage operation: Access to the resource "
    "https://sqs.us-east-1.amazonaws.com/123456789012/q is denied.": (
        None,
        "sqs:SendMessage",
        "arn:aws:sqs:us-east-1:123456789012:q",
        None,
        None,
    ),
}


@every_row("message, expected", MESSAGES.items())
def test_the_parts_of_a_message_are_read(message, expected):
    found = read_denial(message)
    assert (found.principal, found.action, found.resource, found.policy_type, found.is_explicit) == expected


def test_the_policy_that_denied_is_read_from_newer_messages():
    found = read_denial(
        f"User: {USER} is not authorized to perform: iam:ListRoles on resource: arn:aws:iam::1:role/* with an explicit "
        f"deny in a service control policy: {SCP}"
    )
    assert found.policy == SCP


def test_an_encoded_message_is_kept_to_be_decoded():
    found = read_denial(
        "You are not authorized to perform this operation. Encoded authorization failure message: 0l-KPWQJ8q5z3YatP3Yb"
    )
    assert (found.encoded_message, found.action) == ("0l-KPWQJ8q5z3YatP3Yb", None)


def test_the_decoded_message_gives_request_and_context():
    decoded = {
        "allowed": False,
        "explicitDeny": False,
        "context": {
            "principal": {"id": "AROA:one", "arn": SESSION},
            "action": "ec2:RunInstances",
            "resource": "arn:aws:ec2:us-east-1:111122223333:instance/*",
            "conditions": {"items": [{"key": "ec2:Region", "values": {"items": [{"value": "us-east-1"}]}}]},
        },
    }
    found = read_denial(json.dumps({"DecodedMessage": json.dumps(decoded)}))
    assert found == read_denial(json.dumps(decoded))
    assert (found.principal, found.action, found.is_explicit) == (SESSION, "ec2:RunInstances", False)
    assert found.context == {"ec2:Region": ("us-east-1",)}


def test_an_event_of_cloudtrail_is_read_by_its_message():
    message = next(iter(MESSAGES))
    assert read_denial(json.dumps({"eventName": "GetObject", "errorMessage": message})) == read_denial(message)


@pytest.mark.parametrize(
    "text", ["", "hello", "{}", '{"errorMessage": 3}', '{"context": []}', "[" * 100_000, "NoSuchBucket"]
)
def test_other_texts_are_refused(text):
    with pytest.raises(IamglueError, match="not an access denied message"):
        read_denial(text)


@pytest.mark.parametrize(
    "text",
    [
        "ERROR 1045 (28000): Access denied for user 'admin'@'10.0.0.5' (using password: YES)",
        "denied: requested access to the resource is denied",
        "Error response from daemon: pull access denied for x, repository does not exist or may require 'docker login'",
        "google.api_core.exceptions.Forbidden: 403 Permission 'storage.objects.get' denied on resource",
        'pods is forbidden: User "system:serviceaccount:a:b" cannot list resource "pods" in API group ""',
        "Access denied: admin is missing the Overall/Read permission",
    ],
)
def test_a_denial_of_another_system_is_none_of_aws(text):
    with pytest.raises(IamglueError, match="not an access denied message"):
        read_denial(text)


@given(
    st.text(max_size=300).map(
        lambda text: f"User: {text} is not authorized to perform: s3:GetObject on resource: {text}"
    )
)
def test_no_message_makes_it_stumble(text):
    assert read_denial(text).action is not None


def test_a_long_message_is_read_in_a_moment():
    spaces = "x " * 60_000
    assert read_denial(f"is not authorized to perform: s3:GetObject on resource: {spaces}").action == "s3:GetObject"
