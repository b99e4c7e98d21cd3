"""`--from-aws`: which account the credentials are of."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from moto import mock_aws

from iamglue.aws.account_identity import AccountIdentity, read_account_identity
from iamglue.cli.main import main
from iamglue.errors import NotEvaluatedError

SPEC = "iamglue: 1\nfunction: f\nregion: eu-west-1\nreads:\n  - dynamodb: tbl\n"


@pytest.fixture(autouse=True)
def _no_credentials(monkeypatch, tmp_path):
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)


def generate(*arguments: str, spec: str = SPEC):
    return CliRunner().invoke(main, ["generate", "-", *arguments], input=spec)


def test_sts_tells_account_and_partition():
    with mock_aws():
        assert read_account_identity("eu-west-1") == AccountIdentity("123456789012", "aws")


def test_without_a_region_sts_is_still_asked(monkeypatch):
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    monkeypatch.delenv("AWS_REGION", raising=False)
    with mock_aws():
        assert read_account_identity(None).account == "123456789012"


def test_the_account_of_the_credentials_is_filled_in():
    with mock_aws():
        result = generate("--from-aws")
    assert result.exit_code == 0, result.stderr
    assert "arn:aws:dynamodb:eu-west-1:123456789012:table/tbl" in result.stdout


@pytest.mark.parametrize("place", ["flag", "spec"])
def test_another_account_than_the_one_asked_for_is_an_error(place):
    flags = ["--account", "000000000001"] if place == "flag" else []
    spec = SPEC.replace("reads:", 'account: "000000000001"\nreads:') if place == "spec" else SPEC
    with mock_aws():
        result = generate("--from-aws", *flags, spec=spec)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "123456789012" in result.stderr
    assert "000000000001" in result.stderr


def test_without_credentials_the_exit_code_is_3_and_nothing_is_written():
    result = generate("--from-aws")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "credentials" in result.stderr
    assert "--account" in result.stderr


def test_without_a_network_the_exit_code_is_3(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9")
    result = generate("--from-aws")
    assert (result.exit_code, result.stdout) == (3, "")


def test_an_unknown_profile_is_not_evaluated(monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(NotEvaluatedError, match="nobody"):
        read_account_identity("eu-west-1")
