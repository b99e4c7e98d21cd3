"""An audit reports one finding for each cause, with its consequences."""

from __future__ import annotations

import json

from support.deployed import attached, audited, function, of_aws, role

from iamglue.audit.causes import merge_by_cause
from iamglue.findings import Severity

DEPLOYED = function()


def allow(action, on="*"):
    return {"Effect": "Allow", "Action": action, "Resource": on}


def merged(*policies):
    """The findings about grants, after the merge."""
    result = merge_by_cause(audited(role(*policies), DEPLOYED))
    return [finding for finding in result.report.findings if finding.breadth or finding.consequences]


def test_a_whole_service_on_every_resource_is_one_finding():
    (finding,) = merged(attached("wide", [allow("s3:*")]))
    assert {"data-exposure", "credential-exposure"} <= {each.rule for each in finding.consequences}


def test_a_broad_policy_of_aws_is_one_finding_that_says_what_replaces_it():
    (finding,) = merged(of_aws("AmazonDynamoDBFullAccess"))
    assert (finding.rule, bool(finding.consequences)) == ("one-click-policy", True)


def test_a_copy_of_a_broad_policy_of_aws_is_one_finding():
    copy = attached("copied", json.loads(of_aws("AmazonS3FullAccess").text)["Statement"])
    assert [finding.rule for finding in merged(copy)] == ["one-click-policy"]


def test_the_most_severe_rule_leads():
    (finding,) = merged(attached("wide", [allow("iam:*")]))
    assert finding.severity is Severity.SECURITY_WARNING
    assert all(each.severity.rank >= finding.severity.rank for each in finding.consequences)


def test_different_statements_are_different_findings():
    policy = attached("two", [allow("s3:GetObject"), allow("secretsmanager:GetSecretValue")])
    assert len(merged(policy)) == 2


def test_policies_with_the_same_statement_are_different_findings():
    assert len(merged(attached("one", [allow("s3:*")]), attached("other", [allow("s3:*")]))) == 2


def test_nothing_is_lost_by_the_merge():
    before = audited(role(of_aws("AmazonS3FullAccess"), attached("wide", [allow(["iam:*", "dynamodb:*"])])), DEPLOYED)
    after = merge_by_cause(before)
    listed = [finding for lead in after.report.findings for finding in (lead, *lead.consequences)]
    assert sorted(finding.identity for finding in listed) == sorted(
        finding.identity for finding in before.report.findings
    )
