"""What identifies a finding of an audit between runs, in a baseline or an earlier report."""

from __future__ import annotations

from dataclasses import replace

from support.deployed import ROLE_ARN, attached, audited, function, of_aws, role, spec, trusting

from iamglue.model.usage import LastAccessed, Usage

TABLES = {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}
KEYS = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
NEEDS = spec("""iamglue: 1
region: eu-west-1
account: "123456789012"
functions:
  exif-extractor: {writes: [{dynamodb: exifDataTable}]}
  other: {reads: [{s3: images}]}
""")


def identities(*statements, usage=None, **given):
    """The identities of the findings in a role of one policy, by rule."""
    tested = role(attached("own", list(statements)), **given)
    result = audited(tested, (function(), function("other")), NEEDS, usage)
    return {(finding.rule, finding.identity) for finding in result.report.findings}


def rules(found):
    return {rule for rule, _ in found}


def test_another_wording_of_the_message_is_the_same_finding():
    (finding, *_) = audited(role(attached("own", [TABLES])), function()).report.findings
    assert replace(finding, message="new words").identity == finding.identity


def test_statements_in_another_order_give_the_same_findings():
    before, after = identities(TABLES, KEYS), identities(KEYS, TABLES)
    assert before == after
    assert {"broad-access", "excess-access", "missing-access", "shared-role"} <= rules(before)


def test_a_statement_that_allows_more_is_a_new_finding():
    more = TABLES | {"Action": ["dynamodb:*", "sqs:*"]}
    assert {"broad-access", "excess-access"} <= rules(identities(more) - identities(TABLES))


def test_another_missing_action_is_a_new_finding():
    put = TABLES | {"Action": "dynamodb:PutItem"}
    assert "missing-access" in rules(identities(KEYS) - identities(put))


def test_another_principal_that_may_assume_the_role_is_a_new_finding():
    known, new = trusting({"AWS": "111111111111"}), trusting({"AWS": "222222222222"})
    assert "broad-trust" in rules(identities(KEYS, trust=new) - identities(KEYS, trust=known))


def test_unused_access_is_the_same_finding_on_another_day():
    def on(day):
        accessed = LastAccessed(ROLE_ARN, "dynamodb", None, None, f"2026-11-{day}T00:00:00Z")
        return identities(TABLES, usage=Usage(last_accessed=(accessed,)))

    assert "unused-access" in rules(on("25"))
    assert on("25") == on("26")


def test_findings_of_one_rule_about_one_role_are_told_apart():
    roles = role(of_aws("AmazonDynamoDBFullAccess"), of_aws("AWSLambdaExecute"), attached("own", [TABLES, KEYS]))
    findings = audited(roles, (function(), function("other")), NEEDS).report.findings
    assert len({finding.identity for finding in findings}) == len(findings)
