"""`iamglue can --never`: what policies may never allow, answered for all requests together."""

from __future__ import annotations

import json

import pytest


def statement(effect, action, **parts):
    return {"Effect": effect, "Action": action, "Resource": "*", **parts}


def allow(action, **parts):
    return statement("Allow", action, **parts)


def deny(action, **parts):
    return statement("Deny", action, **parts)


TRUST = {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}
OF_GROUP = {"StringEquals": {"aws:PrincipalTag/Group": "a"}}
OF_NO_GROUP = {"StringNotEquals": {"aws:PrincipalTag/Group": "a"}}


@pytest.fixture
def never(iamglue, tmp_path, monkeypatch):
    """Check statements against patterns: (exit code, answer of each pattern, the data)."""
    monkeypatch.chdir(tmp_path)

    def run(statements, *patterns, **files):
        for name, listed in {"policy": statements, **files}.items():
            text = json.dumps({"Version": "2012-10-17", "Statement": listed})
            (tmp_path / f"{name}.json").write_text(text, encoding="utf-8")
        options = [option for pattern in patterns for option in ("--never", pattern)]
        limits = [option for name in files for option in (f"--{name}", f"{name}.json")]
        result = iamglue("can", "policy.json", *options, *limits, "--format", "json")
        data = json.loads(result.stdout)
        return result.exit_code, [check["answer"] for check in data["checks"]], data

    return run


@pytest.mark.parametrize(
    ("statements", "pattern", "answer"),
    [
        ([allow("s3:GetObject")], "s3:GetObject", "granted"),
        ([allow("s3:GetObject")], "S3:getobject", "granted"),
        ([allow("s3:GetObject")], "s3:PutObject", "not-granted"),
        ([allow("s3:Get*")], "s3:*Object", "granted"),
        ([allow("s3:GetObject")], "s3:Put*", "not-granted"),
        ([allow("s3:GetObject", Resource="arn:aws:s3:::b/*")], "s3:*@arn:aws:s3:::b/k", "granted"),
        ([allow("s3:GetObject", Resource="arn:aws:s3:::b/*")], "s3:*@arn:aws:s3:::c/*", "not-granted"),
        ([allow("s3:GetObject", Resource="arn:aws:s3:::b/*")], "@arn:aws:s3:::b/*", "granted"),
        ([allow("s3:GetObject", Resource="arn:aws:s3:::b/*")], "@arn:aws:s3:::c/*", "not-granted"),
        ([allow("s3:GetObject", Resource="arn:aws:s3:::b/a/*")], "*@arn:aws:s3:::b/*/k", "granted"),
        ([allow("*"), deny("iam:*")], "iam:PassRole", "not-granted"),
        ([allow("*"), deny("iam:*", Condition=OF_GROUP)], "iam:PassRole", "granted"),
        ([allow("*", Condition=OF_GROUP)], "iam:PassRole", "granted"),
        ([allow("*", Condition={**OF_GROUP, **OF_NO_GROUP})], "iam:PassRole", "not-granted"),
        ([allow("*", Condition=OF_GROUP), deny("*", Condition=OF_GROUP)], "iam:PassRole", "not-granted"),
        ([allow("*", Condition=OF_GROUP), deny("*", Condition=OF_NO_GROUP)], "iam:PassRole", "granted"),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], "iam:PassRole", "not-granted"),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], "sts:*", "granted"),
        (
            [{"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::b/*"}],
            "s3:GetObject@arn:aws:s3:::b/*",
            "not-granted",
        ),
        (
            [{"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::b/*"}],
            "s3:GetObject@arn:aws:s3:::b*",
            "granted",
        ),
        ([allow("ec2:*")], "ec2:RunInstances@arn:aws:ec2:*:111122223333:instance/*", "granted"),
        ([allow("*:*")], "*:*", "granted"),
        ([TRUST], "sts:AssumeRole", "granted"),
        ([TRUST], "sts:TagSession", "not-granted"),
        ([], "*", "not-granted"),
        ([deny("*")], "*", "not-granted"),
    ],
)
def test_the_answer_is_whether_some_request_may_be_allowed(never, statements, pattern, answer):
    code, answers, _ = never(statements, pattern)
    assert (code, answers) == (0 if answer == "not-granted" else 1, [answer])


CRAWLER = "arn:aws:glue:eu-west-1:111122223333:crawler/x"


@pytest.mark.parametrize("pattern", ["glue:GetTable", "glue:*", f"glue:Get*@{CRAWLER}", "*"])
def test_an_action_on_a_resource_type_that_the_reference_does_not_list_for_it_is_not_proved_away(never, pattern):
    code, answers, data = never([allow("glue:GetTable", Resource=CRAWLER)], pattern)
    assert (code, answers) == (1, ["unknown"])
    assert data["witness"]["resource"] == CRAWLER
    assert "glue:GetTable only for the resource types catalog, database, rootcatalog, table" in data["reason"]
    assert [source["line"] for source in data["checks"][0]["allowed_by"]] == [1]


@pytest.mark.parametrize(
    ("statements", "pattern"),
    [
        ([allow("glue:GetTable", Resource=CRAWLER)], "glue:GetTable@arn:aws:glue:*:*:table/*"),
        ([allow("glue:GetTable", Resource=CRAWLER), deny("glue:Get*")], "glue:GetTable"),
        ([allow("*", Resource=CRAWLER)], "iam:PassRole"),
        ([allow("glue:GetTable", Resource="arn:aws:s3:::b")], "glue:GetTable"),
        ([allow("kms:Decrypt", Resource="arn:aws:kms:eu-west-1:111122223333:alias/x")], "kms:Decrypt"),
    ],
)
def test_what_no_statement_allows_on_any_resource_of_the_service_is_proved(never, statements, pattern):
    assert never(statements, pattern)[:2] == (0, ["not-granted"])


def test_a_statement_without_effect_on_its_resource_type_is_noted_where_the_reference_is_complete(never):
    data = never([allow("kms:Decrypt", Resource="arn:aws:kms:eu-west-1:111122223333:alias/x")], "kms:Decrypt")[2]
    note = (
        "policy.json:1, statement 1: kms:Decrypt on arn:aws:kms:eu-west-1:111122223333:alias/x has no effect,"
        " because AWS's reference lists kms:Decrypt only for the resource type key"
    )
    assert data["checks"][0]["notes"] == [note]


def test_one_granted_pattern_of_several_decides_the_exit_code_and_the_overall_answer(never):
    code, answers, data = never([allow("s3:GetObject")], "iam:*", "s3:*")
    assert (code, answers, data["answer"]) == (1, ["not-granted", "granted"], "granted")
    assert data["witness"]["action"] == "s3:GetObject"


def test_the_witness_has_the_condition_keys_that_it_needs(never):
    _, _, data = never([allow("iam:PassRole", Condition=OF_GROUP)], "iam:PassRole")
    assert data["witness"]["context"] == {"aws:PrincipalTag/Group": "a"}


def test_the_statement_that_allows_it_is_named_with_its_line(never):
    _, _, data = never([deny("s3:*"), allow("iam:*", Sid="Iam")], "iam:PassRole")
    assert data["checks"][0]["allowed_by"] == [{"path": "policy.json", "line": 1, "statement": 1, "sid": "Iam"}]


@pytest.mark.parametrize("kind", ["boundary", "session", "scp"])
def test_a_limit_that_does_not_allow_it_takes_it_away(never, kind):
    assert never([allow("*")], "iam:PassRole", **{kind: [allow("s3:*")]})[1] == ["not-granted"]


@pytest.mark.parametrize("kind", ["boundary", "session", "scp"])
def test_a_limit_that_allows_it_leaves_it(never, kind):
    assert never([allow("iam:*")], "iam:PassRole", **{kind: [allow("*"), deny("s3:*")]})[1] == ["granted"]


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:CalledVia": "a.amazonaws.com"}},  # AWS requires a set operator for a multivalued key
        {
            "StringEquals": {"aws:PrincipalTag/a": "${aws:PrincipalTag/b}", "aws:PrincipalTag/b": "x"},
            "StringNotEquals": {"aws:PrincipalTag/a": "x"},
        },
    ],
)
def test_what_cannot_be_decided_is_unknown_with_the_reason_and_exits_1(never, condition):
    code, answers, data = never([allow("iam:*", Condition=condition)], "iam:PassRole")
    assert (code, answers, data["answer"]) == (1, ["unknown"], "unknown")
    assert data["reason"]


def test_an_action_that_aws_does_not_have_is_noted_because_a_typing_error_is_never_granted(never):
    _, answers, data = never([allow("s3:GetObject")], "s3:GetObjekt")
    assert answers == ["not-granted"]
    assert data["checks"][0]["notes"] == ["s3:GetObjekt is not in AWS's reference; did you mean `GetObject`?"]


def test_an_action_that_does_not_exist_yet_is_granted_for_the_future_only(never):
    _, answers, data = never([allow("s3:*")], "s3:GetObjectsOfTomorrow")
    assert (answers, data["future_only"]) == (["granted"], True)


def test_the_text_says_the_answer_the_request_and_the_statement(iamglue, never):
    never([allow("iam:PassRole", Condition=OF_GROUP)], "iam:*")
    result = iamglue("can", "policy.json", "--never", "iam:*", "--never", "s3:*")
    assert result.exit_code == 1
    assert result.stdout == (
        "granted: iam:* may be allowed\n"
        "    such as iam:PassRole on arn:aws:iam::111122223333:role/x\n"
        "            with aws:PrincipalTag/Group = a\n"
        "    from    policy.json:1, statement 1\n"
        "not granted: s3:* is never allowed\n"
    )


@pytest.mark.parametrize(
    "pattern", ["", "@", "s3", "s3:", "s3:Get Object", "s3:GetObject@", "s3:GetObject@bucket", "@arn:aws:s3:::${x}"]
)
def test_a_pattern_that_is_not_valid_is_a_usage_error(iamglue, never, pattern):
    never([allow("s3:*")], "s3:*")
    result = iamglue("can", "policy.json", "--never", pattern)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--never" in result.stderr


@pytest.mark.parametrize(
    "options",
    [
        ("--action", "s3:GetObject"),
        ("--principal", "*"),
        ("--rcp", "policy.json"),
        ("--endpoint-policy", "policy.json"),
        ("--block-public-access",),
        ("--management-account", "111122223333"),
        ("--requests", "-"),
    ],
)
def test_options_of_a_single_request_are_refused(iamglue, never, options):
    never([allow("s3:*")], "s3:*")
    assert iamglue("can", "policy.json", "--never", "s3:*", *options).exit_code == 2


def test_a_policy_is_required(iamglue):
    assert iamglue("can", "--never", "s3:*").exit_code == 2


def test_an_unreadable_policy_is_an_error(iamglue, tmp_path):
    assert iamglue("can", tmp_path / "none.json", "--never", "s3:*").exit_code == 2


def test_identity_based_and_resource_based_policies_are_not_mixed(iamglue, never):
    never([allow("s3:*")], "s3:*", boundary=[allow("*")])
    never([TRUST], "s3:*")
    result = iamglue("can", "policy.json", "boundary.json", "--never", "s3:*")
    assert result.exit_code == 2
    assert "resource-based" in result.stderr


def test_a_boundary_does_not_limit_a_resource_based_policy(iamglue, never):
    never([TRUST], "s3:*")
    assert iamglue("can", "policy.json", "--never", "s3:*", "--boundary", "policy.json").exit_code == 2


ANY_ARN = {"StringLike": {"aws:PrincipalArn": "*"}}


@pytest.mark.parametrize(
    ("statements", "answer"),
    [
        ([allow("s3:*"), deny("s3:*", Condition=ANY_ARN)], "not-granted"),
        ([allow("s3:*", Condition={"Null": {"aws:userid": "true"}})], "not-granted"),
        (
            [allow("s3:*", Condition={"StringNotEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/a"}})],
            "granted",
        ),
        ([allow("s3:*", Principal="*"), deny("s3:*", Principal="*", Condition=ANY_ARN)], "granted"),
    ],
    ids=["Deny for all", "absent", "all but one", "anonymous"],
)
def test_requests_of_principals_with_identity_based_policies_are_signed(never, statements, answer):
    assert never(statements, "s3:GetObject")[1] == [answer]


def test_a_boundary_denies_by_a_key_of_signed_requests(never):
    assert never([allow("s3:*")], "s3:*", boundary=[allow("*"), deny("*", Condition=ANY_ARN)])[1] == ["not-granted"]
