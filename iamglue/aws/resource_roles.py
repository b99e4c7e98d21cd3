"""Reads which role a resource has that the policies of roles name for an escalation path: a build project, an instance.

Who may run commands in such a resource acts with its role.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

from iamglue.aws.api_client import ApiClient
from iamglue.aws.subject_reader import SubjectDeletedError, SubjectReader
from iamglue.catalog.escalation_paths import escalation_paths
from iamglue.engine.solve.action_bitsets import element_bitset, patterns_bitset
from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.model.account import Role
from iamglue.policy.arns import arn_has_shape, split_arn_fields
from iamglue.policy.model import Effect, Statement
from iamglue.policy.patterns.wildcards import has_wildcard

_STACK = "cloudformation:stack/*"
_ReadRole = tuple[str | None, tuple[NotEvaluated, ...]]


def named_resources(roles: Iterable[Role], account: str) -> tuple[str, ...]:
    """The ARNs of the account's resources that policies name for an escalation path, and whose role can be read.

    A stack has an ID in its ARN, so `stack/NAME/*` names one too.
    """
    return tuple(
        dict.fromkeys(
            arn
            for role in roles
            for policy in role.policies
            if policy.policy is not None
            for statement in policy.policy.statements
            for arn in _resources_of_statement(statement)
            if split_arn_fields(arn)[4] == account
        )
    )


def read_resource_role(client: ApiClient, arn: str) -> _ReadRole:
    """Read the role of a resource of `named_resources`; returns its ARN, empty if it has none.

    The ARN is None if it was not read; what was not read is the second value.
    """
    reader = SubjectReader(client, Subject("resource", arn, arn), split_arn_fields(arn)[3] or None)
    read = next(read for shape, read in _READERS.items() if arn_has_shape(arn, shape))
    role = None
    try:
        role = read(reader, arn)
    except SubjectDeletedError as error:
        reason = "the resource does not exist, so the role that it will have is not known"
        reader.record_not_evaluated(str(error), reason, NotEvaluatedKind.UNDECIDABLE)
    return role, tuple(reader.not_evaluated)


def _resources_of_statement(statement: Statement) -> Iterator[str]:
    """The resources of one statement."""
    if statement.effect is not Effect.ALLOW or statement.resources is None or statement.resources.negated:
        return
    actions = element_bitset(statement.actions)
    shapes = [shape for shape in _READERS if actions & _path_actions(shape)]
    for arn in statement.resources.values if shapes else ():
        if any(arn_has_shape(arn, shape) and _names_one_resource(arn, shape) for shape in shapes):
            yield arn


def _names_one_resource(arn: str, shape: str) -> bool:
    """Whether an ARN names one resource."""
    name = arn.removesuffix("/*") if shape == _STACK and arn.count("/") > 1 else arn
    return not has_wildcard(name) and "${" not in name and bool(split_arn_fields(name)[5].partition("/")[2])


@cache
def _path_actions(shape: str) -> int:
    """The actions of escalation paths that start at a resource of a shape."""
    paths = (path.required_on_all for path in escalation_paths())
    return patterns_bitset(tuple(sorted({action for path in paths for action, on in path if on == shape})))


def _read_project(reader: SubjectReader, arn: str) -> str | None:
    """The service role.

    https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetProjects.html
    """
    action = "codebuild:BatchGetProjects"
    response = reader.fetch(action, owned=True, names=[_name(arn)])
    return _only_item(action, response, "projects")["serviceRole"] if response else None


def _read_stack(reader: SubjectReader, arn: str) -> str | None:
    """Without a role of its own, a stack acts with the credentials of its caller.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
    """
    action = "cloudformation:DescribeStacks"
    response = reader.fetch(action, owned=True, StackName=_name(arn) if has_wildcard(arn) else arn)
    return _only_item(action, response, "Stacks").get("RoleARN", "") if response else None


def _read_instance(reader: SubjectReader, arn: str) -> str | None:
    """The role of the instance profile.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetInstanceProfile.html
    """
    action = "ec2:DescribeInstances"
    response = reader.fetch(action, owned=True, InstanceIds=[_name(arn)])
    if response is None:
        return None
    instance = _only_item(action, _only_item(action, response, "Reservations"), "Instances")
    profile = instance.get("IamInstanceProfile", {}).get("Arn")
    if profile is None:
        return ""
    response = reader.fetch("iam:GetInstanceProfile", owned=True, InstanceProfileName=profile.rpartition("/")[2])
    return next((role["Arn"] for role in response["InstanceProfile"]["Roles"]), "") if response else None


def _read_endpoint(reader: SubjectReader, arn: str) -> str | None:
    """The role that the endpoint uses.

    https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-dev-endpoint.html
    """
    response = reader.fetch("glue:GetDevEndpoint", owned=True, EndpointName=_name(arn))
    return response["DevEndpoint"]["RoleArn"] if response else None


def _read_notebook(reader: SubjectReader, arn: str) -> str | None:
    """The role of the instance.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeNotebookInstance.html
    """
    response = reader.fetch("sagemaker:DescribeNotebookInstance", owned=True, NotebookInstanceName=_name(arn))
    return response["RoleArn"] if response else None


def _read_service(reader: SubjectReader, arn: str) -> str | None:
    """The instance role, with which the code runs.

    https://docs.aws.amazon.com/apprunner/latest/api/API_DescribeService.html
    """
    response = reader.fetch("apprunner:DescribeService", owned=True, ServiceArn=arn)
    return response["Service"].get("InstanceConfiguration", {}).get("InstanceRoleArn", "") if response else None


def _name(arn: str) -> str:
    """The name of a resource, or its ID, without the ID that stacks have in addition."""
    return split_arn_fields(arn)[5].split("/")[1]


def _only_item(action: str, response: dict[str, Any], key: str) -> dict[str, Any]:
    """The only item of a list of a response. Raises SubjectDeletedError if there is none."""
    items: list[dict[str, Any]] = response.get(key, [])
    if not items:
        raise SubjectDeletedError(action)
    return items[0]


_READERS: dict[str, Callable[[SubjectReader, str], str | None]] = {
    "apprunner:service/*": _read_service,
    _STACK: _read_stack,
    "codebuild:project/*": _read_project,
    "ec2:instance/*": _read_instance,
    "glue:devEndpoint/*": _read_endpoint,
    "sagemaker:notebook-instance/*": _read_notebook,
}
