"""Cases of AWS's check for new access: does the second policy allow a request that the first does not?

The cases follow https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-custom-policy-checks.html.
"""

import json

from support.rows import every_row

from iamglue.engine.solve.access import access_of
from iamglue.engine.solve.comparison import ComparisonAnswer, compare
from iamglue.policy.document import read_policy

Y, N, U = ComparisonAnswer.NO_NEW_ACCESS, ComparisonAnswer.NEW_ACCESS, ComparisonAnswer.UNKNOWN
B = "arn:aws:s3:::b"


def S(action, resource="*", effect="Allow", c=None, p=None):  # noqa: N802 - short, for a table
    parts = {"Effect": effect, "Action": action, "Resource": resource, "Condition": c, "Principal": p}
    return {name: part for name, part in parts.items() if part is not None}


def access(statements):
    return access_of([read_policy(json.dumps({"Version": "2012-10-17", "Statement": statements}), "policy.json")])


CASES = [
    (
        "another account as principal is new",
        [S("s3:GetObject", B + "/*", p={"AWS": "111122223333"})],
        [S("s3:GetObject", B + "/*", p={"AWS": ["111122223333", "444455556666"]})],
        N,
    ),
    (
        "a role of an account is within the account",
        [S("s3:GetObject", B + "/*", p={"AWS": "arn:aws:iam::111122223333:root"})],
        [S("s3:GetObject", B + "/*", p={"AWS": "arn:aws:iam::111122223333:role/x"})],
        Y,
    ),
    (
        "the account is more than one of its roles",
        [S("s3:GetObject", B + "/*", p={"AWS": "arn:aws:iam::111122223333:role/x"})],
        [S("s3:GetObject", B + "/*", p={"AWS": "arn:aws:iam::111122223333:root"})],
        N,
    ),
    (
        '"*" and {"AWS": "*"} name the same principals',
        [S("s3:GetObject", B + "/*", p="*")],
        [S("s3:GetObject", B + "/*", p={"AWS": "*"})],
        Y,
    ),
    (
        "every user is more than the account 999999999999",
        [S("s3:GetObject", B + "/*", p={"AWS": "999999999999"})],
        [S("s3:GetObject", B + "/*", p="*", c={"StringEquals": {"aws:PrincipalType": "User"}})],
        N,
    ),
    (
        "a second organization is new",
        [S("s3:GetObject", B + "/*", p="*", c={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})],
        [S("s3:GetObject", B + "/*", p="*", c={"StringEquals": {"aws:PrincipalOrgID": ["o-1", "o-2"]}})],
        N,
    ),
    (
        "a second service as principal is new",
        [S("sts:AssumeRole", None, p={"Service": "lambda.amazonaws.com"})],
        [S("sts:AssumeRole", None, p={"Service": ["lambda.amazonaws.com", "ec2.amazonaws.com"]})],
        N,
    ),
    (
        "one service of two is not new",
        [S("sts:AssumeRole", None, p={"Service": ["lambda.amazonaws.com", "ec2.amazonaws.com"]})],
        [S("sts:AssumeRole", None, p={"Service": "lambda.amazonaws.com"})],
        Y,
    ),
    (
        "everyone includes every service",
        [S("sqs:SendMessage", "*", p="*")],
        [S("sqs:SendMessage", "*", p={"Service": "sns.amazonaws.com"})],
        Y,
    ),
    (
        "an added condition is not new access",
        [S("s3:*")],
        [S("s3:*", c={"StringEquals": {"aws:SourceVpc": "vpc-1"}})],
        Y,
    ),
    (
        "a removed condition is new access",
        [S("s3:*", c={"StringEquals": {"aws:SourceVpc": "vpc-1"}})],
        [S("s3:*")],
        N,
    ),
    ("a removed Deny is new access", [S("s3:*"), S("s3:DeleteBucket", effect="Deny")], [S("s3:*")], N),
    ("an added Deny is not new access", [S("s3:*")], [S("s3:*"), S("s3:DeleteBucket", effect="Deny")], Y),
    (
        "a Deny that also applies without the key denies more",
        [S("s3:*"), S("s3:*", effect="Deny", c={"Bool": {"aws:SecureTransport": "false"}})],
        [S("s3:*"), S("s3:*", effect="Deny", c={"BoolIfExists": {"aws:SecureTransport": "false"}})],
        Y,
    ),
    (
        "a Deny that needs a key, which some requests lack, denies less",
        [S("s3:*"), S("s3:*", effect="Deny", c={"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}})],
        [S("s3:*"), S("s3:*", effect="Deny", c={"Bool": {"aws:MultiFactorAuthPresent": "false"}})],
        N,
    ),
    (
        "one more tag key is new",
        [S("ec2:CreateTags", c={"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}})],
        [S("ec2:CreateTags", c={"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b", "c"]}})],
        N,
    ),
    (
        "smaller networks are within a larger one",
        [S("s3:*", c={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})],
        [S("s3:*", c={"IpAddress": {"aws:SourceIp": ["10.1.0.0/16", "10.2.0.0/16"]}})],
        Y,
    ),
    (
        "two halves of a network cover all of it",
        [S("s3:*", c={"IpAddress": {"aws:SourceIp": ["10.0.0.0/9", "10.128.0.0/9"]}})],
        [S("s3:*", c={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})],
        Y,
    ),
    (
        "ten is new where less than ten was allowed",
        [S("s3:*", c={"NumericLessThan": {"s3:max-keys": "10"}})],
        [S("s3:*", c={"NumericLessThanEquals": {"s3:max-keys": "10"}})],
        N,
    ),
    (
        "an earlier end is not new",
        [S("s3:*", c={"DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}})],
        [S("s3:*", c={"DateLessThan": {"aws:CurrentTime": "2029-01-01"}})],
        Y,
    ),
    (
        "an ARN is within a pattern that matches it",
        [S("sns:Publish", c={"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:b*"}})],
        [S("sns:Publish", c={"ArnLike": {"aws:SourceArn": "arn:aws:s3:::bucket"}})],
        Y,
    ),
    (
        "one more exception is not new",
        [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}],
        [{"Effect": "Allow", "NotAction": ["iam:*", "s3:*"], "Resource": "*"}],
        Y,
    ),
    (
        "one exception less is new",
        [{"Effect": "Allow", "NotAction": ["iam:*", "s3:*"], "Resource": "*"}],
        [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}],
        N,
    ),
    (
        "another bucket is within all but one",
        [{"Effect": "Allow", "Action": "s3:*", "NotResource": B + "/*"}],
        [S("s3:*", "arn:aws:s3:::c/*")],
        Y,
    ),
    ("two actions of a wildcard are within it", [S("s3:Get*")], [S(["s3:GetObject", "s3:GetObjectAcl"])], Y),
    (
        "stars around one letter are not stars around another",
        [S("s3:GetObject", B + "/" + "*a" * 12)],
        [S("s3:GetObject", B + "/" + "*b" * 12)],
        N,
    ),
    (
        "patterns that exceed the step limit are undecided",
        [S("s3:GetObject", B + "/*a" + "?" * 25)],
        [S("s3:GetObject", B + "/*b" + "?" * 25)],
        U,
    ),
    (
        "such patterns are undecided even if one is within the other",
        [S("s3:GetObject", B + "/*a" + "?" * 25)],
        [S("s3:GetObject", B + "/*aa" + "?" * 24)],
        U,
    ),
    (
        "a folder of a home is within the home",
        [S("s3:*", B + "/home/${aws:username}/*")],
        [S("s3:GetObject", B + "/home/${aws:username}/docs/*")],
        Y,
    ),
    (
        "a home is within all homes",
        [S("s3:*", B + "/home/*")],
        [S("s3:GetObject", B + "/home/${aws:username}/docs/*")],
        Y,
    ),
    (
        "the home of every caller is more than one home",
        [S("s3:*", B + "/home/bob/*")],
        [S("s3:GetObject", B + "/home/${aws:username}/docs/*")],
        N,
    ),
]


@every_row("old, new, answer", [case[1:] for case in CASES])
def test_comparison_of_two_policies(old, new, answer):
    assert compare(access(new), access(old)).answer is answer


def test_only_a_future_action_makes_the_difference_between_a_wildcard_and_all_that_it_matches_today():
    today = ["sqs:SendMessage", "sqs:StartMessageMoveTask"]
    comparison = compare(access([S("sqs:S*")]), access([S([*today, "sqs:SetQueueAttributes"])]))
    assert (comparison.answer, comparison.future_only) == (N, True)


def test_a_witness_names_condition_keys_as_the_policies_do():
    comparison = compare(access([S("s3:*", c={"StringEquals": {"aws:SourceVpc": "v"}})]), access([S("sqs:*")]))
    assert list(comparison.witness.context) == ["aws:SourceVpc"]


def test_the_statement_that_allows_the_witness_is_reported():
    comparison = compare(access([S("sqs:*"), S("s3:*")]), access([S("sqs:*")]))
    assert [ref.statement for ref in comparison.allowed_by] == [1]
