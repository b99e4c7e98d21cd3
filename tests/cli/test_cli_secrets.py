"""The password of an address to ask AWS at is never printed, however malformed the address is."""

from __future__ import annotations

import pytest
from support.rows import check_every

SPEC = "iamglue: 1\nfunction: f\nregion: eu-west-1\nreads:\n  - s3: bkt\n"
ADDRESSES = [
    "http://user:hunter2@[bad",
    "http://user:hunter2@host:port",
    "user:hunter2@host",
    "http://user:hunter2@",
    "http://us er:hunter2@127.0.0.1:1",
    "http://user:hunter2@127.0.0.1:1/",
    "ftp://user:hunter2@127.0.0.1:1",
    "//user:hunter2@h",
]
COMMANDS = [
    ("audit", "--all"),
    ("audit", "--role", "r"),
    ("audit", "--role", "r", "--assume-role", "arn:aws:iam::123456789012:role/x"),
    ("generate", "spec.yaml", "--from-aws"),
]


@pytest.fixture(autouse=True)
def _place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "spec.yaml").write_text(SPEC)
    for name, value in {
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "eu-west-1",
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "NO_PROXY": "",
    }.items():
        monkeypatch.setenv(name, value)


def assert_silent(result):
    assert result.exit_code in (2, 3), result.output
    assert "hunter2" not in result.output


@pytest.mark.parametrize("variable", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_IAM", "AWS_ENDPOINT_URL_STS"])
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_an_address_in_the_environment_keeps_its_password(iamglue, monkeypatch, variable, command):
    def check(address):
        monkeypatch.setenv(variable, address)
        assert_silent(iamglue(*command))

    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    check_every(ADDRESSES, check)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_the_address_of_a_proxy_keeps_its_password(iamglue, monkeypatch, command):
    def check(address):
        for name in ("HTTP_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, address)
        assert_silent(iamglue(*command))

    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    check_every(ADDRESSES, check)


def test_an_address_as_an_option_keeps_its_password(iamglue):
    def check(address):
        assert_silent(iamglue("audit", "--role", "r", "--endpoint-url", address))

    check_every(ADDRESSES, check)
