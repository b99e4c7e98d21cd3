"""What resource-based policies allow outside a zone of trust: AWS's own examples, zones, and exact limits."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from risk.aws_examples import ANY, EXAMPLES, ORG, OTHER, OTHER_ORG, OWN, THIRD, allow, deny, role, root, service
from support.rows import every_row

from iamglue.engine.solve.access import access_of
from iamglue.errors import IamglueError
from iamglue.policy.document import read_policy
from iamglue.policy.trust_zone import parse_trust_zone
from iamglue.risk.external_access import find_external_access


def policy_of(*statements):
    return read_policy(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}), "policy.json")


def grants_of(*statements, trust=(OWN,), own_account=None):
    return find_external_access(policy_of(*statements), parse_trust_zone(trust), own_account)


def kinds_of(*statements, trust=(OWN,), own_account=None):
    grants = grants_of(*statements, trust=trust, own_account=own_account)
    return " ".join(dict.fromkeys(grant.kind.value for grant in grants)) or "none"


@every_row("example", EXAMPLES)
def test_an_example_of_aws_has_the_verdict_of_aws(example):
    kinds = {grant.kind.value for grant in grants_of(*example.statements)} or {"none"}
    assert kinds == set(example.kinds.split()), example.page


@every_row("example", EXAMPLES)
def test_a_witness_is_allowed_by_the_policy(example):
    access = access_of([policy_of(*example.statements)])
    for grant in grants_of(*example.statements):
        assert grant.witness is not None
        assert access.contains(grant.witness) is True


@pytest.mark.parametrize(
    "condition",
    [
        {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"},
        {"aws:PrincipalOrgID": "${aws:ResourceOrgID}"},
        {"aws:ResourceAccount": "${aws:SourceAccount}"},
    ],
)
def test_a_witness_has_the_keys_of_the_resource_that_the_policy_compares(condition):
    statement = allow("sqs", StringEquals=condition)
    (grant,) = grants_of(statement, trust=(OTHER,), own_account=OWN)
    assert access_of([policy_of(statement)]).contains(grant.witness) is True


def test_there_are_at_least_sixty_examples_of_twelve_kinds_of_resources():
    actions = {statement["Action"].partition(":")[0] for example in EXAMPLES for statement in example.statements}
    assert len(EXAMPLES) >= 60
    assert len(actions) >= 12


ORG_ONLY = {"StringEquals": {"aws:PrincipalOrgID": ORG}}
OTHER_ORG_ONLY = {"StringEquals": {"aws:PrincipalOrgID": OTHER_ORG}}
UNIT = f"{ORG}/r-ab12/ou-ab12-11111111/"
OF_UNIT = {"ForAnyValue__StringLike": {"aws:PrincipalOrgPaths": f"{UNIT}*"}}


@every_row(
    "trust, statement, kinds",
    [
        ((OWN, OTHER), allow("sqs", root(OTHER)), "none"),
        ((OWN, OTHER), allow("sqs", {"AWS": [OTHER, THIRD]}), "cross-account"),
        ((ORG,), allow("sqs", **ORG_ONLY), "none"),
        ((ORG,), allow("sqs", **OTHER_ORG_ONLY), "cross-organization"),
        ((OWN,), allow("sqs", **OTHER_ORG_ONLY), "cross-account"),
        ((ORG,), allow("sqs", root(OTHER)), "cross-account"),
        ((ORG,), allow("sqs", root(OTHER), **ORG_ONLY), "none"),
        ((ORG, OTHER), allow("sqs", root(OTHER)), "none"),
        ((ORG,), allow("sqs", root(OWN)), "none"),
        ((ORG,), allow("sqs", **OF_UNIT), "none"),
        ((UNIT,), allow("sqs", **OF_UNIT), "none"),
        ((UNIT,), allow("sqs", **ORG_ONLY), "cross-account"),
        ((UNIT,), allow("sqs", **OTHER_ORG_ONLY), "cross-organization"),
        ((f"{ORG}/r-ab12/ou-ab12-22222222",), allow("sqs", **OF_UNIT), "cross-account"),
        ((ORG,), allow("sqs", StringEquals={"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}), "none"),
        ((ORG,), allow("sqs", StringEquals={"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}), "none"),
        ((OWN,), allow("s3", StringEquals={"aws:PrincipalAccount": "${aws:ResourceAccount}"}), "none"),
        (("self",), allow("s3", StringEquals={"aws:PrincipalAccount": "${aws:ResourceAccount}"}), "none"),
        (("self",), allow("sqs", root(OWN)), "none"),
        (("self",), allow("sqs", root(OTHER)), "cross-account"),
        (("self",), allow("trust", root(OTHER)), "unknown"),
        (("self",), allow("trust", {"AWS": "arn:aws:iam::${AWS::AccountId}:root"}), "none"),
        (("self",), allow("trust", ANY), "public"),
    ],
)
def test_the_zone_decides_who_is_outside(trust, statement, kinds):
    assert kinds_of(statement, trust=trust) == kinds


LOGS = f"arn:aws:s3:::logs-{OWN}/*"
OWN_LOGS = "arn:aws:s3:::logs-${aws:ResourceAccount}/*"
OWN_QUEUES = "arn:aws:sqs:*:${aws:ResourceAccount}:*"


@pytest.mark.parametrize(
    ("version", "service", "allowed", "denied", "kinds"),
    [
        ("2012-10-17", "s3", LOGS, OWN_LOGS, "none"),
        ("2008-10-17", "s3", LOGS, OWN_LOGS, "public"),
        (None, "s3", LOGS, OWN_LOGS, "public"),
        (None, "s3", LOGS, "arn:aws:s3:::logs-${AWS::AccountId}/*", "none"),
        ("2012-10-17", "sqs", "*", OWN_QUEUES, "public"),
    ],
)
def test_a_deny_is_read_with_variables_where_aws_reads_them(version, service, allowed, denied, kinds):
    statements = [{**allow(service), "Resource": allowed}, {**deny(service), "Resource": denied}]
    policy = replace(policy_of(*statements), version=version)
    grants = find_external_access(policy, parse_trust_zone((OWN,)), OWN)
    assert ({grant.kind.value for grant in grants} or {"none"}) == {kinds}


OTHER_ACCOUNT = {"StringEquals": {"aws:ResourceAccount": OTHER}}


@pytest.mark.parametrize(
    ("trust", "own_account", "statements", "kinds"),
    [
        ((OWN,), OWN, (allow("s3", **OTHER_ACCOUNT),), "none"),
        ((OWN,), None, (allow("sqs", **OTHER_ACCOUNT),), "none"),
        ((OWN,), None, (allow("s3", **OTHER_ACCOUNT),), "none"),
        ((OWN, OTHER), None, (allow("s3", **OTHER_ACCOUNT),), "public"),
        ((ORG,), None, (allow("s3", **OTHER_ACCOUNT),), "public"),
        (("self",), None, (allow("s3", **OTHER_ACCOUNT),), "public"),
        ((OTHER,), OTHER, (allow("s3", **OTHER_ACCOUNT),), "public"),
        ((OWN,), OWN, (allow("s3"), deny("s3", StringEquals={"aws:ResourceAccount": [OTHER, OWN]})), "public"),
        ((OWN,), OWN, (allow("s3"), deny("s3", StringLikeIfExists={"s3:ResourceAccount": f"{OWN[:4]}*"})), "none"),
        ((OWN,), OWN, (allow("s3"), deny("s3", StringNotEquals={"aws:ResourceAccount": [OTHER, THIRD]})), "none"),
        ((OWN,), OWN, (allow("s3"), deny("s3", StringNotEquals={"aws:ResourceAccount": [OTHER, OWN]})), "public"),
    ],
)
def test_the_account_of_the_resource_is_the_one_that_is_known(trust, own_account, statements, kinds):
    assert kinds_of(*statements, trust=trust, own_account=own_account) == kinds


@pytest.mark.parametrize(
    ("trust", "values", "kinds"),
    [
        ((ORG,), ["${aws:PrincipalOrgID}", OTHER_ORG], "none"),
        ((ORG,), ["${aws:PrincipalOrgID}"], "none"),
        ((ORG,), ["${aws:PrincipalOrgID}", ORG], "public"),
        ((ORG, OTHER_ORG), ["${aws:PrincipalOrgID}", OTHER_ORG], "public"),
        ((ORG,), [ORG, OTHER_ORG], "public"),
        ((ORG,), [OTHER_ORG], "none"),
    ],
)
def test_a_deny_on_a_list_of_organizations_of_the_resource_is_exact(trust, values, kinds):
    statements = (allow("s3"), deny("s3", StringNotEquals={"aws:ResourceOrgID": values}))
    assert kinds_of(*statements, trust=trust) == kinds


def test_self_is_the_account_that_the_user_names():
    assert kinds_of(allow("trust", root(OWN)), trust=("self",), own_account=OWN) == "none"
    assert kinds_of(allow("trust", root(OTHER)), trust=("self",), own_account=OWN) == "cross-account"


def test_an_account_that_may_be_in_the_organization_is_noted():
    (grant,) = grants_of(allow("sqs", root(OTHER)), trust=(ORG,))
    assert grant.reason == f"the policy does not say whether account {OTHER} is in the organization"


@pytest.mark.parametrize(
    ("statements", "kinds"),
    [
        ((allow("s3"), deny("s3", StringNotEquals={"aws:PrincipalAccount": [OWN, OTHER]})), "cross-account"),
        ((allow("s3"), deny("s3", StringNotLike={"aws:PrincipalArn": f"arn:aws:iam::{OWN}:role/*"})), "none"),
        ((allow("s3", root(OTHER)), deny("s3", root(OTHER))), "none"),
        ((allow("s3", root(OTHER)), deny("s3", role(OTHER))), "cross-account"),
        ((allow("s3"), {**deny("s3"), "Action": "s3:*", "Resource": "arn:aws:s3:::other/*"}), "public"),
        ((allow("s3"), {**deny("s3"), "Action": "s3:Get*", "Resource": "*"}), "none"),
        (
            (
                allow("s3"),
                {
                    "Effect": "Deny",
                    "NotPrincipal": {"AWS": [f"arn:aws:iam::{OWN}:root", f"arn:aws:iam::{OWN}:role/app"]},
                    "Action": "s3:*",
                    "Resource": "*",
                },
            ),
            "none",
        ),
        (({"Effect": "Allow", "NotPrincipal": root(OWN), "Action": "s3:GetObject", "Resource": "*"},), "public"),
        (
            (
                allow("s3"),
                deny(
                    "s3",
                    StringNotEquals={"aws:PrincipalOrgID": ORG},
                    BoolIfExists={"aws:PrincipalIsAWSService": "false"},
                ),
            ),
            "cross-account",
        ),
        (
            (allow("s3", StringEquals={"aws:SourceAccount": OTHER}), deny("s3", Null={"aws:SourceAccount": "false"})),
            "none",
        ),
    ],
)
def test_deny_statements_are_exact(statements, kinds):
    assert kinds_of(*statements) == kinds


def test_each_grantee_is_reported_once_with_its_statement_and_a_request_of_its_own():
    grants = grants_of(allow("sqs", {"AWS": [OWN, OTHER]}), allow("sqs", role(THIRD), **ORG_ONLY))
    assert [(grant.statement_index, grant.grantee) for grant in grants] == [
        (0, OTHER),
        (1, f"arn:aws:iam::{THIRD}:role/Admin"),
    ]
    assert grants[0].witness.principal == f"arn:aws:iam::{OTHER}:root"
    assert grants[1].witness.context == {"aws:PrincipalOrgID": (ORG,)}


def test_a_principal_that_is_known_only_at_deployment_is_unknown():
    assert kinds_of(allow("sqs", {"AWS": "${Partner}"})) == "unknown"
    assert kinds_of(allow("sqs", {"AWS": "arn:aws:iam::${Partner}:root"})) == "unknown"


def test_an_access_to_actions_that_do_not_exist_yet_is_said_to_be_only_that():
    (grant,) = grants_of({**allow("sqs"), "Action": "sqs:ActionOfTomorrow"})
    assert (grant.kind.value, grant.future_only) == ("public", True)


def test_calls_of_services_are_inside_the_zone():
    assert kinds_of(allow("sqs", service("sns"))) == "none"


@pytest.mark.parametrize("text", ["", "1234", "12345678901", "o-", "O-A1B2C3D4E5", "*", "r-ab12", f"{ORG}/x", "SELF"])
def test_a_zone_that_is_not_valid_is_an_error(text):
    with pytest.raises(IamglueError, match="--trust"):
        parse_trust_zone([text])
