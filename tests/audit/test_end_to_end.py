"""The whole way: one-click policies are found, replaced by the written script, and restored."""

from __future__ import annotations

import io
import json
import sys
import zipfile

import pytest
from audit.moto_server import moto_server
from execution.exif_pipeline import SCENARIO
from execution.generated import policy, trust
from execution.lambda_service import EXAMPLES
from execution.sessions import REGION, session
from moto import mock_aws
from support import roles_and_needs
from support.reports import with_consequences

from iamglue.audit.run import audit
from iamglue.audit.suggest.suggest import suggest_replacement
from iamglue.aws.collect import collect
from iamglue.aws.collect_request import CollectRequest
from iamglue.cli.output import write_tree
from iamglue.formats.suggestions.suggestion import suggestion_files
from iamglue.model.role_context import RoleResult
from iamglue.policy.document import policy_data
from iamglue.policy.model import allow_statement
from iamglue.readers.spec.reader import read_spec

ROLE, FUNCTION = "exif-role", SCENARIO.function
EXECUTE, FULL = "arn:aws:iam::aws:policy/AWSLambdaExecute", "arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess"
ONE_CLICK = "oneClick_lambda_basic_execution_1464814276130"
LOGS = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["logs:CreateLogGroup"], "Resource": "arn:aws:logs:*:*:*"}],
}
SPEC = EXAMPLES / "exif-pipeline" / "spec.yaml"


def deploy(client):
    """The EXIF function as people deploy it; `client` makes clients."""
    iam = client("iam")
    created = iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(trust("exif-pipeline")))
    for arn in (EXECUTE, FULL):
        iam.attach_role_policy(RoleName=ROLE, PolicyArn=arn)
    iam.put_role_policy(RoleName=ROLE, PolicyName=ONE_CLICK, PolicyDocument=json.dumps(LOGS))
    client("lambda").create_function(
        FunctionName=FUNCTION,
        Runtime="python3.12",
        Role=created["Role"]["Arn"],
        Handler="handler.handler",
        Code={"ZipFile": _code()},
        Environment={"Variables": dict(SCENARIO.environment)},
    )


class Deployed:
    """The function's role on the server, and its audit."""

    def __init__(self, server, place):
        self.server = server
        self.place = place
        server.forget()
        self.iam = server.client("iam")

    def permissions(self):
        """What the role has: attached ARNs, and inline documents by name."""
        attached = self.iam.list_attached_role_policies(RoleName=ROLE)["AttachedPolicies"]
        names = self.iam.list_role_policies(RoleName=ROLE)["PolicyNames"]
        inline = {name: self.iam.get_role_policy(RoleName=ROLE, PolicyName=name)["PolicyDocument"] for name in names}
        return sorted(each["PolicyArn"] for each in attached), inline

    def audit(self):
        """The JSON report, the exit code; what is suggested is in `place`."""
        options = ["--function", FUNCTION, "--spec", SPEC, "--suggest", self.place, "--format", "json"]
        done = self.server.run(sys.executable, "-m", "iamglue", "audit", *options)
        assert done.stdout, done.stderr
        return json.loads(done.stdout), done.returncode

    def script(self, name):
        done = self.server.run("bash", self.place / ROLE / name, WAIT_SECONDS="0")
        assert done.returncode == 0, done.stderr


def _code():
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w") as archive:
        for path in (EXAMPLES / "exif-pipeline" / "function").glob("*.py"):
            archive.write(path, path.name)
    return found.getvalue()


def _handler_does_its_work(documents, monkeypatch):
    """The example's handler, its every call judged by these documents."""
    _as_nobody(monkeypatch)
    with mock_aws():
        service = SCENARIO.deploy(trust("exif-pipeline"), *documents)
        SCENARIO.play(service)
        SCENARIO.check()
        assert service.gate.denied == []


def _as_nobody(monkeypatch):
    """Credentials that are none, for moto in this process."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)


@pytest.fixture(scope="module")
def server():
    """A server for all tests: it is slow to start."""
    with moto_server("AWSLambdaExecute", "AmazonDynamoDBFullAccess") as running:
        yield running


@pytest.fixture
def deployed(server, tmp_path):
    return Deployed(server, tmp_path / "suggested")


def test_one_click_policies_are_found_replaced_and_restored(deployed, monkeypatch):
    """One test, as each step stands on the one before."""
    deploy(deployed.server.client)
    before = deployed.permissions()
    assert before == (sorted([EXECUTE, FULL]), {ONE_CLICK: LOGS})

    report, code = deployed.audit()
    assert code == 1
    _names_what_is_wrong([(each["rule"], json.dumps(each)) for each in with_consequences(report["findings"])])
    assert deployed.permissions() == before, "an audit changes nothing"
    folder = deployed.place / ROLE
    assert json.loads((folder / f"policy-{FUNCTION}-policy.json").read_text()) == policy("exif-pipeline")
    assert "actions -> 5**" in (folder / "change.md").read_text()

    for _ in range(2):
        deployed.script("apply.sh")
        assert deployed.permissions() == ([], {f"{FUNCTION}-policy": policy("exif-pipeline")})
    (document,) = deployed.permissions()[1].values()
    _handler_does_its_work([document], monkeypatch)
    kept, deployed.place = deployed.place, deployed.place.with_name("again")
    report, code = deployed.audit()
    assert (report["findings"], report["not_evaluated"], code) == ([], [], 0)
    assert not list(deployed.place.glob("*/*"))

    deployed.place = kept
    for _ in range(2):
        deployed.script("rollback.sh")
        assert deployed.permissions() == before


def test_managed_policies_too_are_put_in_place_and_taken_back(deployed, tmp_path):
    """What is too big for the role's inline sum becomes policies of the account, which go when all is taken back."""
    names = [f"arn:aws:s3:::{'bucket' * 9}-{at}/*" for at in range(200)]
    wide = roles_and_needs.customer("wide", allow_statement(("s3:*",), ("*",)))
    case = roles_and_needs.case(
        roles_and_needs.role(wide, name=ROLE),
        roles_and_needs.needs("big", allow_statement(("s3:GetObject",), tuple(names))),
    )
    files = suggestion_files(RoleResult(case, replacement=suggest_replacement(case)))
    write_tree({tmp_path / name: text for name, text in files.items()}, tmp_path)
    deployed.place = tmp_path
    deployed.iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(trust("exif-pipeline")))
    deployed.iam.create_policy(PolicyName="wide", PolicyDocument=wide.text)
    deployed.iam.attach_role_policy(RoleName=ROLE, PolicyArn=wide.arn)
    for _ in range(2):
        deployed.script("apply.sh")
        new, _ = deployed.permissions()
        assert len(new) > 1
        assert wide.arn not in new
    for _ in range(2):
        deployed.script("rollback.sh")
        assert deployed.permissions() == ([wide.arn], {})
    left = deployed.iam.list_policies(Scope="Local")["Policies"]
    assert [each["PolicyName"] for each in left] == ["wide"]


def test_in_this_process_the_same_is_found_and_suggested(monkeypatch):
    _as_nobody(monkeypatch)
    with mock_aws(config={"iam": {"load_aws_managed_policies": True}}):
        deploy(session().client)
        account = collect(CollectRequest((FUNCTION,), region=REGION))
        found = audit([account], read_spec(str(SPEC)).functions)
    assert found.report.not_evaluated == ()
    _names_what_is_wrong([(each.rule, f"{each.message} {each.span}") for each in found.report.findings])
    (judged,) = found.role_results
    suggested = suggest_replacement(judged.context)
    assert suggested.detach == (EXECUTE, FULL)
    assert suggested.delete == (ONE_CLICK,)
    assert [policy_data(each) for _, each in suggested.policies] == [policy("exif-pipeline")]
    assert (suggested.added_statements, suggested.unproved) == ((), ())


def _names_what_is_wrong(findings):
    """Both managed policies, the inline one, and what is granted beyond need."""
    rules = {}
    for rule, text in findings:
        rules.setdefault(rule, []).append(text)
    assert "excess-access" in rules
    for name in ("AWSLambdaExecute", "AmazonDynamoDBFullAccess", ONE_CLICK):
        assert any(name in each for each in rules["one-click-policy"])
