"""`iamglue can --error`: with policies it says which statement to change, and it explains every message of a log."""

from __future__ import annotations

import json

import pytest
from support.deployed import ACCOUNT, attached, function, invoking, permitting, role, trusting

from iamglue.aws.saved_account import account_text
from iamglue.model.account import Account, AttachedPolicy

USER = "User: arn:aws:sts::123456789012:assumed-role/app/i is not authorized to perform:"
POLICY = """{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::b/*"},
    {"Sid": "Keep", "Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"},
    {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:eu-west-1:123456789012:q"},
    {"Effect": "Allow", "Action": "sns:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}},
    {"Effect": "Allow", "Action": "ec2:Describe*", "Resource": "*"}
  ]
}
"""
TRUST = """{
  "Version": "2012-10-17",
  "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]
}
"""


@pytest.fixture
def files(tmp_path):
    """A policy and a trust policy."""
    for name, text in (("policy.json", POLICY), ("trust.json", TRUST)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def explain(iamglue, files):
    """The JSON explanation of a message with the policy."""

    def run(message, *options):
        result = iamglue(
            "can", *(options or ("--policy", files / "policy.json")), "--error", "-", "--format", "json", stdin=message
        )
        return result, json.loads(result.stdout)

    return run


IMPLICIT = "because no identity-based policy allows the {} action"


@pytest.mark.parametrize(
    ("action", "resource", "change", "line", "text"),
    [
        ("s3:PutObject", "arn:aws:s3:::b/k", "add-action", 4, "allowed on all of `arn:aws:s3:::b/*`"),
        ("s3:GetObject", "arn:aws:s3:::c/k", "add-resource", 4, "add `arn:aws:s3:::c/k` to its Resource"),
        ("sqs:ReceiveMessage", "arn:aws:sqs:eu-west-1:123456789012:q", "add-action", 6, "add sqs:ReceiveMessage"),
        ("sns:Publish", "arn:aws:sns:eu-west-1:123456789012:t", "change-condition", 7, "aws:SecureTransport"),
        ("kms:Decrypt", "arn:aws:kms:eu-west-1:123456789012:key/k", "add-statement", None, "no statement is about"),
        (
            "ec2:StopInstances",
            "arn:aws:ec2:eu-west-1:123456789012:instance/i",
            "add-statement",
            None,
            "add the proposed",
        ),
    ],
)
def test_a_missing_permission_names_the_statement_to_change_and_its_line(
    explain, files, action, resource, change, line, text
):
    result, data = explain(f"{USER} {action} on resource: {resource} {IMPLICIT.format(action)}")
    assert result.exit_code == 1
    (found,) = data["changes"]
    assert (found["change"], found["line"], found["policy"]) == (change, line, str(files / "policy.json"))
    assert text in found["text"]


def test_a_deny_names_the_statement_that_denies(explain):
    _, data = explain(
        f"{USER} s3:DeleteObject on resource: arn:aws:s3:::b/k with an explicit deny in an identity-based policy"
    )
    assert [(change["change"], change["line"], change["sid"]) for change in data["changes"]] == [
        ("change-deny", 5, "Keep")
    ]


def test_a_deny_that_may_apply_is_named_beside_the_missing_allow(explain, files):
    text = POLICY.replace(
        '"Resource": "*"},', '"Resource": "*", "Condition": {"StringEquals": {"aws:a": "${aws:b c}"}}},', 1
    )
    (files / "policy.json").write_text(text, encoding="utf-8")
    action = "s3:DeleteObject"
    options = ("--policy", files / "policy.json", "--context", "aws:a=v")
    _, data = explain(f"{USER} {action} on resource: arn:aws:s3:::c/k {IMPLICIT.format(action)}", *options)
    assert data["can"]["decision"] == "implicitly-denied"
    assert [change["change"] for change in data["changes"]] == ["add-statement", "check-statement"]


def test_a_deny_that_the_given_policies_do_not_have_is_looked_for_elsewhere(explain):
    policy = "arn:aws:organizations::1:policy/p"
    message = f"{USER} s3:GetObject on resource: * with an explicit deny in a service control policy: {policy}"
    _, data = explain(message)
    (change,) = data["changes"]
    assert change["change"] == "none"
    assert f"look at the service control policy {policy}" in change["text"]


def test_the_trust_policy_is_changed_for_a_role_that_lambda_cannot_assume(explain, files):
    message = "The role defined for the function cannot be assumed by Lambda."
    result, data = explain(message, "--resource-policy", files / "trust.json")
    assert result.exit_code == 1
    assert data["statement"] == {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": ["sts:AssumeRole"],
    }
    assert [(change["change"], change["line"]) for change in data["changes"]] == [("add-principal", 3)]


@pytest.mark.parametrize(
    ("user", "added"),
    [
        ("User: arn:aws:sts::123456789012:assumed-role/app/i is", "arn:aws:iam::123456789012:role/app"),
        ("Access denied. User is", "PRINCIPAL"),
        ("User: s3.amazonaws.com is", "s3.amazonaws.com"),
    ],
)
def test_the_principal_to_add_is_that_of_the_proposed_statement(explain, files, user, added):
    statement = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:role/other"}}
    statement |= {"Action": "sqs:SendMessage", "Resource": "*"}
    (files / "queue.json").write_text(json.dumps({"Statement": statement}), encoding="utf-8")
    queue = "arn:aws:sqs:eu-west-1:123456789012:q"
    because = "because no resource-based policy allows the sqs:SendMessage action"
    message = f"{user} not authorized to perform: sqs:SendMessage on resource: {queue} {because}"
    _, data = explain(message, "--resource-policy", files / "queue.json")
    assert added in data["statement"]["Principal"].values()
    assert [change["text"] for change in data["changes"]] == [
        f"it allows sqs:SendMessage to other principals: add `{added}` to its Principal"
    ]


def test_without_the_resource_the_statements_about_the_action_are_named(explain):
    result, data = explain("The provided execution role does not have permissions to call SendMessage on SQS")
    assert result.exit_code == 3
    assert [(change["change"], change["line"]) for change in data["changes"]] == [("check-statement", 6)]
    _, data = explain("The provided execution role does not have permissions to call ReceiveMessage on SQS")
    assert [change["change"] for change in data["changes"]] == ["add-statement"]


def test_the_text_names_file_line_and_statement(iamglue, files, monkeypatch):
    monkeypatch.chdir(files)
    message = f"{USER} s3:DeleteObject on resource: arn:aws:s3:::b/k with an explicit deny"
    result = iamglue("can", "policy.json", "--error", "-", stdin=message)
    assert "policy.json:5, statement 2 (Keep): the Deny denies s3:DeleteObject" in " ".join(result.stdout.split())


def test_every_message_of_a_log_is_explained(iamglue):
    log = f"{USER} s3:GetObject on resource: arn:aws:s3:::b/k\n{USER} sqs:SendMessage on resource: arn:aws:sqs:r:1:q\n"
    data = json.loads(iamglue("can", "--error", "-", "--format", "json", stdin=log * 2).stdout)
    assert [data["action"], *(other["action"] for other in data["more"])] == ["s3:GetObject", "sqs:SendMessage"]
    text = iamglue("can", "--error", "-", stdin=log).stdout
    assert "Message 1 of 2:" in text
    assert "Message 2 of 2:" in text


@pytest.mark.parametrize(
    "message",
    [
        "An error occurred (AccessDenied) when calling the CopyObject operation: Access Denied",
        "Insufficient Lake Formation permission(s): Required Describe on t",
        "UnauthorizedOperation: Encoded authorization failure message: 0l-KPWQJ8q5z3YatP3Yb0l",
    ],
)
def test_no_statement_is_proposed_where_the_message_does_not_say_which(iamglue, message):
    result = iamglue("can", "--error", "-", "--format", "json", stdin=message)
    data = json.loads(result.stdout)
    assert (result.exit_code, data["statement"], data["statements"]) == (3, None, [])


def test_a_masked_account_is_never_written_as_a_wildcard(explain):
    result, data = explain(f"{USER} sqs:SendMessage on resource: arn:aws:sqs:eu-west-1:***:q")
    assert data["statement"]["Resource"] == ["arn:aws:sqs:eu-west-1:ACCOUNT:q"]
    assert result.exit_code == 3
    assert "masked" in result.stderr


def test_commands_to_a_ci_system_and_a_terminal_are_escaped(iamglue):
    key = "::set-env name=x::\x1b]0;t\x07##[command]y"
    message = f'{USER} s3:GetObject on resource: "arn:aws:s3:::b/{key}" {IMPLICIT.format("s3:GetObject")}'
    for output in ("text", "json"):
        shown = iamglue("can", "--error", "-", "--format", output, stdin=message).stdout
        assert not {"\x1b", "\x07"} & set(shown)
        assert "##[command]" not in shown
        assert not any(line.lstrip().startswith("::") for line in shown.splitlines())


@pytest.fixture
def account(tmp_path):
    """A saved account with a function whose role has one statement, under a boundary."""
    policy = attached("data", [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}])
    boundary = attached("limit", [{"Effect": "Allow", "Action": ["s3:*", "sqs:*"], "Resource": "*"}])
    trust = trusting({"Service": "ec2.amazonaws.com"})
    roles = (role(policy, boundary=boundary, trust=trust), role(AttachedPolicy("odd", "", None), name="unread"))
    functions = (function(), function("other", "unread"))
    path = tmp_path / "account.json"
    path.write_text(account_text(Account(ACCOUNT, functions, roles)), encoding="utf-8")
    return path


ROLE = f"arn:aws:sts::{ACCOUNT}:assumed-role/exif-role/exif-extractor"


def test_a_function_gives_the_policies_of_its_role(iamglue, account):
    queue = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:q"
    message = f"User: {ROLE} is not authorized to perform: sqs:SendMessage on resource: {queue}"
    options = ("--function", "exif-extractor", "--input", account, "--format", "json")
    result = iamglue("can", "--error", "-", *options, stdin=message)
    data = json.loads(result.stdout)
    assert result.exit_code == 1
    assert [(change["change"], change["policy"]) for change in data["changes"]] == [
        ("add-statement", "the inline policy data")
    ]
    lambda_message = "The role defined for the function cannot be assumed by Lambda."
    data = json.loads(iamglue("can", "--error", "-", *options, stdin=lambda_message).stdout)
    assert data["where"] == f"the trust policy of arn:aws:iam::{ACCOUNT}:role/exif-role"
    assert data["changes"][0]["change"] == "add-principal"


def test_the_policy_of_a_function_does_not_decide_a_call_of_a_function_whose_name_begins_with_its_name(
    iamglue, account
):
    permissions = permitting(invoking({"AWS": f"arn:aws:iam::{ACCOUNT}:role/app"}))
    functions = (function(permissions=permissions),)
    account.write_text(account_text(Account(ACCOUNT, functions, (role(),))), encoding="utf-8")
    options = ("--function", "exif-extractor", "--input", account)
    for name, exit_code in (("exif-extractor", 0), ("exif-extractor:live", 0), ("exif-extractor-v2", 3)):
        resource = f"{function().arn.removesuffix('exif-extractor')}{name}"
        message = f"{USER} lambda:InvokeFunction on resource: {resource} because no resource-based policy allows it"
        assert iamglue("can", "--error", "-", *options, stdin=message).exit_code == exit_code, name


@pytest.mark.parametrize(
    ("name", "message", "problem"),
    [
        ("exif-extractor", f"{USER} s3:GetObject on resource: arn:aws:s3:::b/k", "not about the role exif-role"),
        ("other", "The execution role does not have permissions to call SendMessage on SQS", "could not be read"),
    ],
)
def test_policies_of_another_principal_or_that_were_not_read_decide_nothing(iamglue, account, name, message, problem):
    result = iamglue("can", "--error", "-", "--function", name, "--input", account, stdin=message)
    assert result.exit_code == 3
    assert problem in result.stderr


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--error", "-", "--function", "missing", "--input", "ACCOUNT"), "there is no function `missing`"),
        (("--function", "exif-extractor"), "only for --error"),
        (("--error", "-", "--region", "eu-west-1"), "only for --function"),
        (("--error", "-", "--function", "exif-extractor", "--policy", "POLICY"), "not both"),
    ],
)
def test_a_function_that_cannot_be_used_is_bad_usage(iamglue, account, files, options, problem):
    paths = {"ACCOUNT": account, "POLICY": files / "policy.json"}
    result = iamglue("can", *(paths.get(option, option) for option in options), stdin="AccessDenied")
    assert result.exit_code == 2
    assert problem in result.stderr


def test_an_scp_that_lacks_an_allow_is_changed_even_where_the_message_speaks_of_a_deny(explain, files):
    key = "arn:aws:kms:eu-west-1:123456789012:key/k"
    message = f"{USER} kms:Decrypt on resource: {key} with an explicit deny in a service control policy"
    _, data = explain(message, "--scp", files / "policy.json")
    assert [(change["change"], change["line"]) for change in data["changes"]] == [("add-action", 8)]


def test_every_action_of_a_message_is_decided(explain):
    stream = "arn:aws:kinesis:eu-west-1:123456789012:stream/s"
    message = f"Cannot access stream {stream}. Please ensure the role can perform the GetRecords, ListStreams Actions"
    _, data = explain(message)
    assert [decision["request"]["action"] for decision in data["decisions"]] == [
        "kinesis:GetRecords",
        "kinesis:ListStreams",
    ]
