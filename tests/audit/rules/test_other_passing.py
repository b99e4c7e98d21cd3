"""Roles that are passed to a service by a call without a known escalation path are reported as not known."""

from __future__ import annotations

import pytest
from support.deployed import ACCOUNT, attached, audited, found, function, of_aws, role, trusting

ADMIN = f"arn:aws:iam::{ACCOUNT}:role/admin"
AIRFLOW = {"Service": "airflow.amazonaws.com"}


def allow(action, resource="*", **rest):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **rest}


def unknown(*statements, trust=AIRFLOW, policy="AdministratorAccess"):
    admin = role(of_aws(policy), name="admin", trust=trusting(trust))
    result = audited((role(attached("own", list(statements))), admin), function())
    assert found(result, "privilege-escalation") == []
    return [each.reason for each in result.report.not_evaluated if "passing" in each.reason]


@pytest.mark.parametrize("roles", [ADMIN, f"arn:aws:iam::{ACCOUNT}:role/a*"])
def test_a_call_that_passes_a_role_with_more_access_is_reported_as_not_known(roles):
    (reason,) = unknown(allow("iam:PassRole", roles), allow("airflow:CreateEnvironment"))
    assert "passing `admin` to `airflow.amazonaws.com` with `airflow:CreateEnvironment`" in reason


@pytest.mark.parametrize(
    "statements",
    [
        (allow("iam:PassRole", ADMIN),),
        (allow("airflow:CreateEnvironment"),),
        (allow("iam:PassRole", f"{ADMIN}-2"), allow("airflow:CreateEnvironment")),
        (
            allow("iam:PassRole", ADMIN, Condition={"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}),
            allow("airflow:CreateEnvironment"),
        ),
        (allow("iam:PassRole", ADMIN), allow("lambda:CreateFunction")),
    ],
    ids=["no call", "no role", "another role", "another service", "a call of a known path"],
)
def test_what_passes_no_role_with_more_access_is_not_reported(statements):
    assert unknown(*statements) == []


def test_a_role_that_does_not_trust_the_service_is_not_reported():
    statements = allow("iam:PassRole", ADMIN), allow("airflow:CreateEnvironment")
    assert unknown(*statements, trust={"Service": "ec2.amazonaws.com"}) == []


def test_a_role_with_no_more_access_is_not_reported():
    statements = allow("iam:PassRole", ADMIN), allow(["airflow:CreateEnvironment", "xray:*"])
    assert unknown(*statements, policy="AWSXRayDaemonWriteAccess") == []
