"""Profiles, Regions, endpoints and assumed roles as the AWS CLI has them; credentials are never shown."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from aws.deployed import REGION, TRUST, client, deploy
from aws.door import error, opened
from botocore.loaders import JSONFileLoader
from moto import mock_aws

from iamglue.aws.api_client import ApiClient, ApiError
from iamglue.aws.collect import collect
from iamglue.aws.collect_request import CollectRequest
from iamglue.aws.session import open_clients
from iamglue.errors import NotEvaluatedError

SECRET = "wJalrXUtnFEMI-never-shown"
OTHER = "210987654321"
AUDITOR = f"arn:aws:iam::{OTHER}:role/auditor"
WHO = b"""<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::123456789012:user/me</Arn><UserId>U</UserId><Account>123456789012</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>"""
SLOWER = b"<ErrorResponse><Error><Code>Throttling</Code><Message>slow down</Message></Error></ErrorResponse>"


@pytest.fixture
def server():
    """An endpoint that throttles twice before it answers."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append(self.headers["User-Agent"])
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(400 if len(asked) <= 2 else 200)
            self.end_headers()
            self.wfile.write(SLOWER if len(asked) <= 2 else WHO)

        def log_message(self, *_):
            pass

    served = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=served.serve_forever, args=(0.02,), daemon=True).start()  # seconds until it sees its end
    yield f"http://127.0.0.1:{served.server_port}", asked
    served.shutdown()
    served.server_close()


@pytest.mark.parametrize("by", ["option", "environment"])
def test_the_endpoint_is_asked_and_throttling_is_waited_out(by, server, monkeypatch):
    url, asked = server
    monkeypatch.delenv("AWS_MAX_ATTEMPTS")
    if by == "environment":
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    calls = ApiClient(open_clients(CollectRequest(endpoint_url=url if by == "option" else None)), 1)
    assert calls.call("sts:GetCallerIdentity")["Account"] == "123456789012"
    assert len(asked) == 3
    assert "iamglue/" in asked[0]


def test_nobody_listening_ends_the_run():
    with pytest.raises(NotEvaluatedError, match=r"could not be reached at 127\.0\.0\.1"):
        collect(CollectRequest(everything=True, endpoint_url="http://127.0.0.1:9"))


def test_an_endpoint_that_is_no_url_ends_the_run():
    with pytest.raises(NotEvaluatedError):
        collect(CollectRequest(roles=("r",), endpoint_url="no url"))


def test_a_profile_that_is_not_there_is_not_evaluated():
    with pytest.raises(NotEvaluatedError, match="nobody"):
        collect(CollectRequest(everything=True, profile="nobody"))


def test_without_credentials_nothing_is_evaluated(monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(NotEvaluatedError, match="there are no AWS credentials"):
        collect(CollectRequest(everything=True))


def test_half_of_the_credentials_are_none(monkeypatch):
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(NotEvaluatedError, match="credentials"):
        collect(CollectRequest(everything=True))


@pytest.mark.usefixtures("aws")
def test_a_profiles_region_and_credentials_are_its_own(monkeypatch, tmp_path):
    deploy()
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    config = tmp_path / "config"
    config.write_text(f"[profile ours]\nregion={REGION}\naws_access_key_id=x\naws_secret_access_key=y\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    clients = open_clients(CollectRequest(profile="ours", functions=("photos",)))
    assert clients.region == REGION
    assert clients.session.get_credentials().access_key == "x"
    assert collect(CollectRequest(profile="ours", functions=("photos",))).functions


@pytest.mark.parametrize(
    ("option", "variable", "region"), [("us-west-2", "eu-north-1", "us-west-2"), (None, "eu-north-1", "eu-north-1")]
)
def test_the_region_is_the_options_then_aws_regions(option, variable, region, monkeypatch):
    monkeypatch.setenv("AWS_REGION", variable)
    assert open_clients(CollectRequest(everything=True, region=option)).region == region


def test_a_second_session_loads_no_model_again(monkeypatch):
    request = CollectRequest(roles=("r",))
    open_clients(request).get("iam")

    def load_file(_loader, path):
        raise AssertionError(path)

    monkeypatch.setattr(JSONFileLoader, "load_file", load_file)
    open_clients(request).get("iam")


def test_the_users_own_models_are_loaded(monkeypatch, tmp_path):
    open_clients(CollectRequest(roles=("r",)))
    model = {
        "version": "2.0",
        "metadata": {"apiVersion": "2020-01-01", "endpointPrefix": "ours", "protocol": "json", "serviceId": "Ours"},
        "operations": {"GetOurs": {"name": "GetOurs", "http": {"method": "POST", "requestUri": "/"}}},
        "shapes": {},
    }
    (tmp_path / "ours" / "2020-01-01").mkdir(parents=True)
    (tmp_path / "ours" / "2020-01-01" / "service-2.json").write_text(json.dumps(model))
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path))
    clients = open_clients(CollectRequest(roles=("r",), endpoint_url="http://127.0.0.1:9"))
    assert clients.get("ours").meta.service_model.operation_names == ["GetOurs"]


def _auditor() -> None:
    """A role in another account that may be assumed, which moto keeps apart."""
    credentials = client("sts").assume_role(RoleArn=AUDITOR, RoleSessionName="deploy")["Credentials"]
    import boto3

    iam = boto3.client(
        "iam",
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )
    iam.create_role(RoleName="theirs", AssumeRolePolicyDocument=json.dumps(TRUST))


@pytest.mark.usefixtures("aws")
def test_an_assumed_roles_account_is_read():
    _auditor()
    account = collect(CollectRequest(everything=True, assume_role=AUDITOR))
    assert account.id == OTHER
    assert "theirs" in [each.name for each in account.roles]


@pytest.mark.usefixtures("aws")
def test_a_role_that_may_not_be_assumed_is_named_with_the_permission(monkeypatch):
    opened(monkeypatch).answers["sts:AssumeRole"] = error("AccessDenied", "not authorized")
    with pytest.raises(NotEvaluatedError, match="auditor cannot be assumed: the permission sts:AssumeRole is missing"):
        collect(CollectRequest(everything=True, assume_role=AUDITOR))


@pytest.mark.usefixtures("aws")
def test_a_role_is_assumed_once_for_a_whole_run(monkeypatch):
    _auditor()
    door = opened(monkeypatch)
    collect(CollectRequest(everything=True, assume_role=AUDITOR))
    assert door.asked.count("sts:AssumeRole") == 1


@pytest.mark.usefixtures("aws")
def test_credentials_stand_in_no_repr(monkeypatch):
    clients = open_clients(
        CollectRequest(everything=True, assume_role=AUDITOR, endpoint_url="http://u:pass-word@127.0.0.1")
    )
    assert SECRET not in repr(clients)
    assert "pass-word" not in repr(clients)


def test_what_is_not_on_the_list_is_never_asked():
    calls = ApiClient(open_clients(CollectRequest(roles=("r",))), 1)
    with pytest.raises(KeyError):
        calls.call("iam:DeleteRole", RoleName="r")


@mock_aws
def test_a_run_that_was_stopped_asks_nothing_more(monkeypatch):
    calls = ApiClient(open_clients(CollectRequest(roles=("r",))), 1)
    calls.stop("the run was interrupted")
    with pytest.raises(ApiError, match="interrupted"):
        calls.call("iam:GetRole", RoleName="r")
