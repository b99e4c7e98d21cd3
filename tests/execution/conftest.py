"""What every test of this folder stands on: moto in this process, and no credentials but its own."""

import pytest
from moto import mock_aws


@pytest.fixture(autouse=True)
def _aws(monkeypatch):
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_SESSION_TOKEN": "testing",
        "AWS_DEFAULT_REGION": "eu-west-1",
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws(config={"stepfunctions": {"execute_state_machine": False}}):
        yield
