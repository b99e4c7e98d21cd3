"""Every operation of the audit, answered in every way in which no AWS answers: told, never taken for nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from xml.etree import ElementTree as ET

import pytest
from aws.deployed import ACCOUNT, REGION, ROLE_ARN, deploy, deploy_function, deploy_resources, deploy_role
from aws.faulty_server import Fault, Response, faulty_server, result
from botocore.config import Config
from click.testing import CliRunner

from iamglue.aws import account_identity as identity
from iamglue.aws import collect as collecting
from iamglue.aws import last_accessed as last_accessing
from iamglue.aws import session
from iamglue.aws.account_identity import read_account_identity
from iamglue.aws.collect import collect
from iamglue.aws.collect_request import CollectRequest
from iamglue.aws.last_accessed import collect_last_accessed
from iamglue.catalog.audit_operations import audit_operations
from iamglue.catalog.audit_responses import audit_responses
from iamglue.cli.main import main
from iamglue.errors import NotEvaluatedError
from iamglue.findings import NotEvaluatedKind

PAGE = b"<!DOCTYPE html><html><body><h1>Please sign in</h1><p>to the network</p></body></html>"
AUDITOR = f"arn:aws:iam::{ACCOUNT}:role/auditor"
EVERYTHING = ("lambda:ListFunctions", "iam:ListRoles")
# Asked for in an audit of a function and a role.
PLAIN = [each for each in audit_operations() if each.startswith(("iam:GetRole", "iam:List", "lambda:Get"))]
PLAIN = sorted(
    set(PLAIN) - {"iam:ListRoles", "lambda:GetFunctionUrlConfig"} | {"lambda:ListTags", "lambda:ListAliases"}
)
LAST = ("iam:GenerateServiceLastAccessedDetails", "iam:GetServiceLastAccessedDetails")


def with_body(body: bytes, status: int = 200) -> Fault:
    return lambda _, real: replace(real, status=status, body=body)


def error(status: int, code: str, type: str = "") -> Fault:
    """An error as the service words it: IAM, STS and SNS in XML, S3 in its own, the others in JSON."""

    def answer(action: str, real: Response) -> Response:
        if action.partition(":")[0] in ("iam", "sts", "sns", "s3"):
            body = f"<ErrorResponse><Error><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>"
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
        name = name.removesuffix("[]")
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
class Read:
    functions: frozenset[str]
    roles: frozenset[str]
    failed: frozenset[str]


@pytest.fixture(scope="module")
def table():
    """A server, with everything deployed once, and the ARNs of resources."""
    with pytest.MonkeyPatch.context() as patch, faulty_server() as server:
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
            patch.delenv(name, raising=False)
        patch.setenv("AWS_ENDPOINT_URL", server.url)
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        patch.setenv("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
        deploy()
        deploy_role("other-role")
        deploy_function("other", ROLE_ARN.replace("photos-role", "other-role"))
        yield server, deploy_resources()


@pytest.fixture(scope="module")
def kept():
    """Clients are slow to make: those of one kind are the same in all of this module's tests."""
    return {}


@pytest.fixture
def server(table, kept, monkeypatch):
    found, _ = table
    monkeypatch.setenv("AWS_ENDPOINT_URL", found.url)
    found.faults.clear()
    real = session.open_clients

    def open_clients(wanted):
        key = (wanted.assume_role, session._READ_TIMEOUT)
        if wanted.assume_role or key not in kept:
            kept[key] = real(wanted)
        return kept[key]

    for module in (collecting, last_accessing):
        monkeypatch.setattr(module, "open_clients", open_clients)
    yield found
    found.faults.clear()


def wanted_for(action: str, resources: tuple[str, ...]) -> CollectRequest:
    """What is to be read so that the operation is asked for, and little more."""
    client = action.partition(":")[0]
    if action in EVERYTHING:
        return CollectRequest(("photos",), everything=True)
    if client == "lambda":
        return CollectRequest(("photos",))
    if client == "iam":
        return CollectRequest(roles=("other-role",))
    if client in ("organizations", "sts"):
        role = AUDITOR if action == "sts:AssumeRole" else None
        return CollectRequest(resources=resources[:1], assume_role=role)
    return CollectRequest(resources=tuple(arn for arn in resources if f":{client}:" in arn))


def read(action: str, resources: tuple[str, ...]) -> Read:
    """What the audit reads in which the operation is asked for, and what failed of it."""
    account = collect(wanted_for(action, resources))
    gaps = account.gaps
    if action in LAST:
        gaps += collect_last_accessed(CollectRequest(), account.roles, sleep=lambda _: None)[1]
    return Read(
        frozenset(each.name for each in account.functions),
        frozenset(each.name for each in account.roles),
        frozenset(each.what for each in gaps if each.kind is NotEvaluatedKind.FAILED),
    )


def is_told(action: str, resources: tuple[str, ...]) -> bool:
    """Whether a fault of an operation is told: it ends the run, or is among what failed."""
    try:
        found = read(action, resources)
    except NotEvaluatedError as ended:
        return ended.exit_code == 3
    return action in found.failed


def prepared(action: str, server) -> None:
    if not action.startswith("organizations:"):  # the account is in none
        server.faults["organizations:DescribeOrganization"] = error(400, "AWSOrganizationsNotInUseException")
    if action == "lambda:GetFunctionUrlConfig":  # asked for only where URLs cannot be listed
        server.faults["lambda:ListFunctionUrlConfigs"] = with_body(b"", 404)


def test_every_operation_is_asked_for_and_answered(server, table):
    server.asked.clear()
    for action in audit_operations():
        server.faults.clear()
        prepared(action, server)
        assert read(action, table[1]).failed == frozenset(), action
        assert action in server.asked


# A map of texts is what tags are; URLs that cannot be listed are asked for one by one.
SOUND = {
    ("lambda:ListTags", "a key is a map"),
    ("lambda:ListTags", "a key is a map with keys"),
    ("lambda:ListFunctionUrlConfigs", "404 with HTML"),
    ("lambda:ListFunctionUrlConfigs", "404 without a body"),
}
TABLE = [(action, fault) for action in sorted(audit_operations()) for fault in FAULTS if (action, fault) not in SOUND]


@pytest.mark.parametrize(("action", "fault"), TABLE)
def test_an_answer_that_is_none_of_awss_is_told(action, fault, server, table):
    prepared(action, server)
    server.faults[action] = FAULTS[fault]
    assert is_told(action, table[1])


def test_urls_that_cannot_be_listed_are_asked_for_one_by_one(server, table):
    prepared("lambda:GetFunctionUrlConfig", server)
    server.asked.clear()
    assert read("lambda:GetFunctionUrlConfig", table[1]).failed == frozenset()
    assert "lambda:GetFunctionUrlConfig" in server.asked


@pytest.mark.parametrize("where", HANGS)
@pytest.mark.parametrize("action", sorted(audit_operations()))
def test_a_connection_that_hangs_is_given_up_and_told(action, where, server, table, monkeypatch):
    monkeypatch.setattr(session, "_READ_TIMEOUT", 0.3)
    prepared(action, server)
    server.faults[action] = HANGS[where]
    assert is_told(action, table[1])


def only(name: str, fault: Fault) -> Fault:
    """The fault in answers that speak of this function or role only."""
    return lambda action, real: fault(action, real) if name.encode() in real.body else real


@pytest.mark.parametrize("fault", ["empty", "cut in the middle", "a list", "a key is missing", "500"])
@pytest.mark.parametrize("action", ["lambda:GetFunctionConfiguration", "lambda:GetPolicy", "iam:GetRole"])
def test_the_other_functions_and_roles_are_read(action, fault, server, table):
    server.faults[action] = only("photos", FAULTS[fault])
    account = collect(CollectRequest(("photos", "other"), roles=("other-role",)))
    assert "other" in [each.name for each in account.functions]
    assert "other-role" in [each.name for each in account.roles]
    assert action in {each.what for each in account.gaps if each.kind is NotEvaluatedKind.FAILED}


@pytest.mark.parametrize("action", ["lambda:ListFunctions", "iam:ListRoles"])
@pytest.mark.parametrize("wrong", [None, 3, "x", [], {}])
def test_an_item_of_a_list_that_is_wrong_costs_no_other(action, wrong, server):
    server.faults[action] = lambda _, real: replace(real, body=with_item(real.body, wrong))
    account = collect(CollectRequest(everything=True))
    assert {"photos", "other"} <= {each.name for each in account.functions}
    assert {"photos-role", "other-role"} <= {each.name for each in account.roles}
    assert action in {each.what for each in account.gaps if each.kind is NotEvaluatedKind.FAILED}


def with_item(body: bytes, wrong: object) -> bytes:
    if body.startswith(b"{"):
        found = json.loads(body)
        return json.dumps({**found, "Functions": [wrong, *found["Functions"]]}).encode()
    text = {3: b"3", "x": b"<Arn><b/></Arn>"}.get(wrong if isinstance(wrong, (int, str)) else None, b"")
    return body.replace(b"<Roles>", b"<Roles><member>" + text + b"</member>", 1)


@pytest.mark.parametrize("fault", ["cut in the middle", "empty", "HTML", "a list", "a key is missing", "404 with HTML"])
def test_the_command_line_says_so_too(fault, server, monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    for action in sorted(PLAIN):
        server.faults.clear()
        prepared(action, server)
        server.faults[action] = FAULTS[fault]
        run = CliRunner().invoke(main, ["audit", "--role", "other-role", "--function", "photos", "--format", "json"])
        assert run.exit_code == 3, (action, run.output)
        if run.stdout:
            assert action in {each["what"] for each in json.loads(run.stdout)["not_evaluated"]}


def test_a_list_that_ends_before_its_end_is_told(server, table):
    body = result("ListRolePolicies", "<PolicyNames/><IsTruncated>true</IsTruncated>").encode()
    server.faults["iam:ListRolePolicies"] = with_body(body)
    assert is_told("iam:ListRolePolicies", table[1])


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
    assert action in {each.what for each in account.gaps if each.kind is NotEvaluatedKind.FAILED}


@pytest.mark.parametrize("type", ["FULL", ""])
def test_an_organization_that_names_no_root_is_told(type, server):
    parents = json.dumps({"Parents": [{"Id": "ou-1", "Type": "ORGANIZATIONAL_UNIT"}] if type else []})
    server.faults["organizations:ListParents"] = with_body(parents.encode())
    gaps = collect(CollectRequest(roles=("other-role",))).gaps
    assert "organizations:ListParents" in {each.what for each in gaps if each.kind is NotEvaluatedKind.FAILED}


@pytest.mark.parametrize("fault", FAULTS)
def test_generate_takes_no_account_from_it(fault, server, monkeypatch):
    monkeypatch.setattr(identity, "_CLIENT_CONFIG", Config(read_timeout=60, retries={"total_max_attempts": 1}))
    server.faults["sts:GetCallerIdentity"] = FAULTS[fault]
    with pytest.raises(NotEvaluatedError):
        read_account_identity(REGION)
