"""Every operation of the audit, answered in every way in which no AWS answers: told, never taken for nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from xml.etree import ElementTree as ET

import pytest
from aws.deployed import (
    ACCOUNT,
    REGION,
    ROLE_ARN,
    deploy,
    deploy_function,
    deploy_resources,
    deploy_role,
)
from aws.faulty_server import Fault, Response, answer_in_process, faulty_server, result
from aws.resources import deploy_named_resources
from botocore.config import Config
from click.testing import CliRunner

from iamglue.aws import account_identity as identity
from iamglue.aws import session
from iamglue.aws.account_identity import read_account_identity
from iamglue.aws.collect import collect
from iamglue.aws.collect_request import CollectRequest
from iamglue.aws.last_accessed import collect_last_accessed
from iamglue.catalog.audit_operations import audit_operations
from iamglue.catalog.audit_responses import audit_responses
from iamglue.cli.main import main
from iamglue.errors import NotEvaluatedError
from iamglue.findings import NotEvaluated, NotEvaluatedKind

PAGE = b"<!DOCTYPE html><html><body><h1>Please sign in</h1><p>to the network</p></body></html>"
AUDITOR = f"arn:aws:iam::{ACCOUNT}:role/auditor"
# Operations of an audit of a function and a role, of which none keeps another one of its row from being called.
PLAIN = [
    ("lambda:GetFunctionConfiguration", "iam:ListRolePolicies", "iam:ListAttachedRolePolicies"),
    ("lambda:GetPolicy", "lambda:ListAliases", "lambda:ListTags", "iam:GetRolePolicy"),
    ("iam:GetRole",),
]
LAST = {"iam:GenerateServiceLastAccessedDetails", "iam:GetServiceLastAccessedDetails"}


def with_body(body: bytes, status: int = 200) -> Fault:
    return lambda _, real: replace(real, status=status, body=body)


def error(status: int, code: str, type: str = "") -> Fault:
    """An error as the service words it: IAM, STS and SNS in XML, S3 in its own, the others in JSON."""

    def answer(action: str, real: Response) -> Response:
        if action.partition(":")[0] in ("iam", "sts", "sns", "s3", "cloudformation", "ec2"):
            body = f"<ErrorResponse><Error><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>"
            if action.startswith("ec2:"):
                body = f"<Response><Errors><Error><Code>{code}</Code><Message>no</Message></Error></Errors></Response>"
            if action.startswith("s3:"):
                body = f"<Error><Code>{code}</Code><Message>no</Message></Error>"
        else:
            body = json.dumps({"__type": code, "code": code, "message": "no"})
        return replace(real, status=status, body=body.encode())

    return answer


def changed(change) -> Fault:
    """What is left of an answer once the first thing that it always holds was changed."""

    def answer(action: str, real: Response) -> Response:
        (name, *_) = audit_responses()[action].required_members[0].path
        name = {"Reservations": "reservationSet"}.get(name.removesuffix("[]"), name.removesuffix("[]"))
        if action == "s3:GetBucketPolicy":  # its body is the policy itself
            return replace(real, body=b"3")
        return replace(real, body=(change_xml if real.body.startswith(b"<") else change_json)(real.body, name, change))

    return answer


def change_json(body: bytes, name: str, change: object) -> bytes:
    found = json.loads(body)
    found.pop(name) if change == "missing" else found.update({name: change})
    return json.dumps(found).encode()


def change_xml(body: bytes, name: str, change: object) -> bytes:
    root = ET.fromstring(body)
    (above, element) = next((up, each) for up in root.iter() for each in up if each.tag.rpartition("}")[2] == name)
    if change == "missing":
        above.remove(element)
    else:
        element.clear()
        element.text = str(change)
        if not isinstance(change, str):
            ET.SubElement(element, "other").text = "3"
    return ET.tostring(root)


def cut(at: float) -> Fault:
    return lambda _, real: replace(real, body=real.body[: int(len(real.body) * at)])


FAULTS: dict[str, Fault] = {
    "cut in the middle": cut(0.5),
    "cut near the end": cut(0.95),
    "cut by the connection": lambda _, real: replace(real, body=real.body[:5], length=len(real.body)),
    "empty": with_body(b""),
    "blank": with_body(b" \n"),
    "HTML": with_body(PAGE),
    "HTML that is XML": with_body(b"<html><body>Please sign in</body></html>"),
    "an empty map": with_body(b"{}"),
    "a list": with_body(b"[]"),
    "a text": with_body(b'"x"'),
    "null": with_body(b"null"),
    "deep": with_body(b"[" * 100_000),
    "a key is missing": changed("missing"),
    "a key is null": changed(None),
    "a key is a number": changed(3),
    "a key is a map": changed({}),
    "a key is a map with keys": changed({"a": "b"}),
    "a key is a list of numbers": changed([3]),
    "404 with HTML": with_body(PAGE, 404),
    "404 without a body": with_body(b"", 404),
    "404 of another service": error(404, "NotFoundOfAProxy"),
    "403": with_body(PAGE, 403),
    "403 of the service": error(403, "AccessDeniedException"),
    "400 with a list": with_body(b"[]", 400),
    "500": with_body(PAGE, 500),
    "500 of the service": error(500, "InternalFailure"),
    "503 without a body": with_body(b"", 503),
    "throttled": error(400, "ThrottlingException"),
}
HANGS: dict[str, Fault] = {
    "before the answer": lambda _, real: replace(real, hangs=0),
    "in the answer": lambda _, real: replace(real, hangs=1),
}


@dataclass(frozen=True)
class Group:
    """Operations of which none is kept from being called by a fault of another, and a request that calls them all."""

    request: CollectRequest
    actions: tuple[str, ...]


# One reading of the account shows a fault of all operations of a group, each by its own name.
GROUPS = {
    "subjects": Group(
        CollectRequest(("photos",), roles=("other-role",)),
        (
            "lambda:GetFunctionConfiguration",
            "iam:GetRole",
            "organizations:DescribeOrganization",
            "kms:DescribeKey",
            "sqs:GetQueueUrl",
        ),
    ),
    "parts": Group(
        CollectRequest(("photos",)),
        (
            "lambda:ListAliases",
            "lambda:ListEventSourceMappings",
            "lambda:ListFunctionEventInvokeConfigs",
            "lambda:ListTags",
            "iam:ListRolePolicies",
            "iam:GetPolicy",
            "organizations:ListParents",
            "s3:GetBucketPolicy",
            "kms:GetKeyPolicy",
            "sqs:GetQueueAttributes",
            "sns:GetTopicAttributes",
            "secretsmanager:GetResourcePolicy",
            "dynamodb:GetResourcePolicy",
        ),
    ),
    "policies": Group(
        CollectRequest(("photos",)),
        (
            "lambda:GetPolicy",
            "lambda:ListFunctionUrlConfigs",
            "lambda:ListVersionsByFunction",
            "iam:GetRolePolicy",
            "iam:ListAttachedRolePolicies",
            "iam:GetPolicyVersion",
            "iam:GenerateServiceLastAccessedDetails",
            "organizations:ListPoliciesForTarget",
        ),
    ),
    "lists": Group(
        CollectRequest(("photos",), everything=True),
        (
            "lambda:ListFunctions",
            "lambda:GetFunctionUrlConfig",
            "iam:ListRoles",
            "iam:GetServiceLastAccessedDetails",
            "organizations:DescribePolicy",
            "apprunner:DescribeService",
            "cloudformation:DescribeStacks",
            "glue:GetDevEndpoint",
            "iam:GetInstanceProfile",
            "sagemaker:DescribeNotebookInstance",
        ),
    ),
    "resources": Group(
        CollectRequest(("photos",)),
        ("ec2:DescribeInstances", "codebuild:BatchGetProjects", "lambda:GetLayerVersionPolicy"),
    ),
    "caller": Group(CollectRequest(resources=("arn:aws:s3:::images",)), ("sts:GetCallerIdentity",)),
    "assumed role": Group(CollectRequest(resources=("arn:aws:s3:::images",), assume_role=AUDITOR), ("sts:AssumeRole",)),
}


@dataclass(frozen=True)
class Reading:
    """What failed in a reading of the account, and whether the run ended because of it."""

    failed: frozenset[str]
    ended: bool = False


@pytest.fixture(scope="module")
def table():
    """A server, with everything deployed once, and the ARNs of resources."""
    with pytest.MonkeyPatch.context() as patch, faulty_server() as server:
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
            patch.delenv(name, raising=False)
        patch.setenv("AWS_ENDPOINT_URL", server.url)
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        deploy()
        deploy_role("other-role")
        deploy_function("other", ROLE_ARN.replace("photos-role", "other-role"))
        deploy_named_resources()
        yield server, deploy_resources()


@pytest.fixture
def server(table, shared_clients, monkeypatch):
    running, _ = table
    monkeypatch.setenv("AWS_ENDPOINT_URL", running.url)
    answer_in_process(running, monkeypatch)
    running.faults.clear()
    running.by_socket = False
    yield running
    running.faults.clear()


def read(group: Group, resources: tuple[str, ...]) -> Reading:
    """Read the account with the request of a group, and the policies of those resources whose services it calls."""
    services = {action.partition(":")[0] for action in group.actions}
    needed = tuple(arn for arn in resources if arn.split(":")[2] in services)
    try:
        account = collect(replace(group.request, resources=(*group.request.resources, *needed)))
        gaps = account.gaps
        if LAST & {*group.actions}:
            gaps += collect_last_accessed(CollectRequest(), account.roles, sleep=lambda _: None)[1]
    except NotEvaluatedError:
        return Reading(frozenset(), ended=True)
    return Reading(failures(gaps))


def failures(gaps: Iterable[NotEvaluated]) -> frozenset[str]:
    return frozenset(gap.what for gap in gaps if gap.kind is NotEvaluatedKind.FAILED)


def prepared(group: Group, server) -> None:
    server.faults.clear()
    if "lambda:GetFunctionUrlConfig" in group.actions:  # called only where URLs cannot be listed
        server.faults["lambda:ListFunctionUrlConfigs"] = with_body(b"", 404)


@pytest.fixture
def reading(server, table, monkeypatch):
    """Read the account while all operations of a group have the same fault."""

    def read_with_fault(name: str, fault: str) -> Reading:
        prepared(GROUPS[name], server)
        server.faults |= dict.fromkeys(GROUPS[name].actions, (FAULTS | HANGS)[fault])
        return read_with_timeout(name) if fault in HANGS else read(GROUPS[name], table[1])

    def read_with_timeout(name: str) -> Reading:
        """Wait longer until all other operations are answered in time: on a busy machine they take long."""
        result = Reading(frozenset())
        for seconds in (0.05, 1, 5):
            monkeypatch.setattr(session, "_READ_TIMEOUT", seconds)
            result = read(GROUPS[name], table[1])
            if result.failed <= {*GROUPS[name].actions}:
                break
        return result

    return read_with_fault


def test_every_operation_is_in_one_group():
    assert sorted(action for group in GROUPS.values() for action in group.actions) == sorted(audit_operations())


@pytest.mark.parametrize("name", GROUPS)
def test_every_operation_is_asked_for_and_answered(name, server, table):
    prepared(GROUPS[name], server)
    server.by_socket = True
    server.asked.clear()
    assert read(GROUPS[name], table[1]) == Reading(frozenset())
    assert {*GROUPS[name].actions} <= server.asked


# A map of texts is what tags are; URLs that cannot be listed are asked for one by one.
SOUND = {
    ("lambda:ListTags", "a key is a map"),
    ("lambda:ListTags", "a key is a map with keys"),
    ("lambda:ListFunctionUrlConfigs", "404 with HTML"),
    ("lambda:ListFunctionUrlConfigs", "404 without a body"),
}

SEVERAL = [name for name, group in GROUPS.items() if len(group.actions) > 1]


@pytest.mark.parametrize("fault", [*FAULTS, *HANGS])
@pytest.mark.parametrize("name", SEVERAL)
def test_each_operation_that_is_not_answered_as_aws_does_has_failed_and_no_other(name, fault, reading):
    """A body that is none of AWS's, or a connection that hangs, of all operations of a group."""
    assert reading(name, fault) == Reading({action for action in GROUPS[name].actions if (action, fault) not in SOUND})


@pytest.mark.parametrize("fault", [*FAULTS, *HANGS])
@pytest.mark.parametrize("name", [name for name in GROUPS if name not in SEVERAL])
def test_an_operation_without_which_nothing_is_known_has_failed_or_ends_the_run(name, fault, reading):
    result = reading(name, fault)
    assert result.ended or result.failed >= {*GROUPS[name].actions}


def test_urls_that_cannot_be_listed_are_asked_for_one_by_one(server):
    server.faults["lambda:ListFunctionUrlConfigs"] = with_body(b"", 404)
    server.asked.clear()
    assert failures(collect(CollectRequest(("photos",))).gaps) == frozenset()
    assert "lambda:GetFunctionUrlConfig" in server.asked


def only(name: str, fault: Fault) -> Fault:
    """The fault in answers that speak of this function or role only."""
    return lambda action, real: fault(action, real) if name.encode() in real.body else real


@pytest.mark.parametrize("fault", ["empty", "cut in the middle", "a list", "a key is missing", "500"])
@pytest.mark.parametrize("action", ["lambda:GetFunctionConfiguration", "lambda:GetPolicy", "iam:GetRole"])
def test_the_other_functions_and_roles_are_read(action, fault, server):
    server.faults[action] = only("photos", FAULTS[fault])
    account = collect(CollectRequest(("photos", "other"), roles=("other-role",)))
    assert "other" in [each.name for each in account.functions]
    assert "other-role" in [each.name for each in account.roles]
    assert action in failures(account.gaps)


@pytest.mark.parametrize("action", ["lambda:ListFunctions", "iam:ListRoles"])
@pytest.mark.parametrize("wrong", [None, 3, "x", [], {}])
def test_an_item_of_a_list_that_is_wrong_costs_no_other(action, wrong, server):
    server.faults[action] = lambda _, real: replace(real, body=with_item(real.body, wrong))
    account = collect(CollectRequest(everything=True))
    assert {"photos", "other"} <= {each.name for each in account.functions}
    assert {"photos-role", "other-role"} <= {each.name for each in account.roles}
    assert action in failures(account.gaps)


def with_item(body: bytes, wrong: object) -> bytes:
    if body.startswith(b"{"):
        found = json.loads(body)
        return json.dumps({**found, "Functions": [wrong, *found["Functions"]]}).encode()
    text = {3: b"3", "x": b"<Arn><b/></Arn>"}.get(wrong if isinstance(wrong, (int, str)) else None, b"")
    return body.replace(b"<Roles>", b"<Roles><member>" + text + b"</member>", 1)


@pytest.mark.parametrize("fault", ["cut in the middle", "empty", "HTML", "a list", "a key is missing", "404 with HTML"])
@pytest.mark.parametrize("actions", PLAIN, ids=" ".join)
def test_the_command_line_says_so_too(actions, fault, server, monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    server.by_socket = True
    server.faults |= dict.fromkeys(actions, FAULTS[fault])
    run = CliRunner().invoke(main, ["audit", "--role", "other-role", "--function", "photos", "--format", "json"])
    assert run.exit_code == 3, run.output
    assert {gap["what"] for gap in json.loads(run.stdout)["not_evaluated"]} >= {*actions}


def test_a_list_that_ends_before_its_end_is_told(server):
    body = result("ListRolePolicies", "<PolicyNames/><IsTruncated>true</IsTruncated>").encode()
    server.faults["iam:ListRolePolicies"] = with_body(body)
    assert failures(collect(CollectRequest(roles=("other-role",))).gaps) == {"iam:ListRolePolicies"}


@pytest.mark.parametrize("action", ["lambda:ListFunctions", "iam:ListRoles"])
def test_a_second_page_that_is_not_found_is_told_and_the_first_is_kept(action, server):
    pages: list[Response] = []

    def first_only(_: str, real: Response) -> Response:
        pages.append(real)
        if len(pages) > 1:
            return error(404, "ResourceNotFoundException" if action.startswith("lambda") else "NoSuchEntity")(
                action, real
            )
        if action == "lambda:ListFunctions":
            return replace(real, body=json.dumps({**json.loads(real.body), "NextMarker": "1000"}).encode())
        more = b"<IsTruncated>true</IsTruncated><Marker>1000</Marker>"
        return replace(real, body=real.body.replace(b"<IsTruncated>false</IsTruncated>", more))

    server.faults[action] = first_only
    account = collect(CollectRequest(everything=True))
    assert len(pages) == 2
    assert {"photos", "other"} <= {each.name for each in account.functions}
    assert action in failures(account.gaps)


@pytest.mark.parametrize("type", ["FULL", ""])
def test_an_organization_that_names_no_root_is_told(type, server):
    parents = json.dumps({"Parents": [{"Id": "ou-1", "Type": "ORGANIZATIONAL_UNIT"}] if type else []})
    server.faults["organizations:ListParents"] = with_body(parents.encode())
    assert "organizations:ListParents" in failures(collect(CollectRequest(roles=("other-role",))).gaps)


@pytest.mark.parametrize("fault", FAULTS)
def test_generate_takes_no_account_from_it(fault, server, monkeypatch):
    monkeypatch.setattr(identity, "_CLIENT_CONFIG", Config(read_timeout=60, retries={"total_max_attempts": 1}))
    server.faults["sts:GetCallerIdentity"] = FAULTS[fault]
    with pytest.raises(NotEvaluatedError):
        read_account_identity(REGION)
