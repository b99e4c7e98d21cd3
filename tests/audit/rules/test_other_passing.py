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


@pytest.mark.parametrize(
    ("service", "action"),
    [
        ("apigateway.amazonaws.com", "apigateway:PUT"),
        ("servicecatalog.amazonaws.com", "servicecatalog:CreateConstraint"),
        ("ec2.amazonaws.com", "ec2:CreateFleet"),
        ("spotfleet.amazonaws.com", "ec2:RequestSpotFleet"),
        ("cloudformation.amazonaws.com", "cloudformation:GetResource"),
        ("hooks.cloudformation.amazonaws.com", "cloudformation:ActivateType"),
        ("grafana.amazonaws.com", "grafana:UpdateWorkspace"),
        ("lambda.amazonaws.com", "synthetics:CreateCanary"),
        ("amplify.amazonaws.com", "amplify:UpdateBranch"),
    ],
)
def test_each_service_that_a_call_passes_a_role_to_is_known(service, action):
    (reason,) = unknown(allow("iam:PassRole", ADMIN), allow(action), trust={"Service": service})
    assert f"passing `admin` to `{service}` with `{action}`" in reason


def test_an_action_of_a_path_to_other_roles_is_reported_if_it_passes_a_role():
    statements = allow("iam:PassRole", ADMIN), allow("ssm:SendCommand", "arn:aws:ssm:*:*:document/a")
    (reason,) = unknown(*statements, trust={"Service": "ssm.amazonaws.com"})
    assert "passing `admin` to `ssm.amazonaws.com` with `ssm:SendCommand`" in reason


def test_a_call_to_a_service_that_is_not_known_may_pass_a_role_that_no_other_call_passes():
    passing = allow("iam:PassRole", ADMIN)
    statements = passing, allow("deadline:CreateQueue")
    (reason,) = unknown(*statements, trust={"Service": "credentials.deadline.amazonaws.com"})
    assert reason.startswith("what the role gets by passing `admin` with `deadline:CreateQueue`")
    assert unknown(*statements, trust={"Service": "airflow.amazonaws.com"}) == []
    only = {**passing, "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}}
    assert unknown(only, statements[1], trust={"Service": "credentials.deadline.amazonaws.com"}) == []
