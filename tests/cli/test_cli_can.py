"""`iamglue can`: requests, batches, messages, and input that is no such thing."""

from __future__ import annotations

import json

import pytest

ROLE = "arn:aws:iam::123456789012:role/worker"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"},
        {
            "Sid": "FromHome",
            "Effect": "Allow",
            "Action": "s3:PutObject",
            "Resource": "arn:aws:s3:::b/*",
            "Condition": {"StringEquals": {"aws:SourceVpce": ["vpce-1", "vpce-2"]}},
        },
        {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
    ],
}
NOTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}]}
ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
GET = ("--action", "s3:GetObject", "--resource", "arn:aws:s3:::b/k")
PUT = ("--action", "s3:PutObject", "--resource", "arn:aws:s3:::b/k")
LINE = {"action": "s3:GetObject", "resource": "arn:aws:s3:::b/k"}


@pytest.fixture
def policy(tmp_path):
    """Write a policy and give back its path."""

    def write(data, name="policy.json"):
        path = tmp_path / name
        path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
        return path

    return write


@pytest.fixture
def batch(iamglue, policy):
    """Answer lines of requests."""

    def run(*lines, **options):
        text = "".join(f"{each if isinstance(each, str) else json.dumps(each)}\n" for each in lines)
        result = iamglue("can", policy(POLICY), "--requests", "-", stdin=text, **options)
        return result, [json.loads(line) for line in result.stdout.splitlines()]

    return run


def test_an_allowed_request_exits_0_and_names_the_statement(iamglue, policy):
    path = policy(POLICY)
    result = iamglue("can", path, *GET)
    assert result.exit_code == 0
    assert result.stdout.startswith("allowed: s3:GetObject on arn:aws:s3:::b/k\n")
    data = json.loads(iamglue("can", path, *GET, "--format", "json").stdout)
    assert data["decision"] == "allowed"
    assert data["decided_by"] == [{"layer": "identity", "policy": str(path), "statement": 1, "sid": None}]


def test_a_denied_request_exits_1_and_says_what_would_have_allowed_it(iamglue, policy, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    policy(POLICY)
    result = iamglue("can", "policy.json", *PUT)
    assert result.exit_code == 1
    assert result.stdout == (
        "denied: s3:PutObject on arn:aws:s3:::b/k\n"
        "  because no statement allows `s3:PutObject` on `arn:aws:s3:::b/k`\n"
        "  almost  statement 2 (FromHome) of policy.json would allow it except for\n"
        "          condition StringEquals aws:SourceVpce `vpce-1`, `vpce-2`: the request\n"
        "          has no aws:SourceVpce\n"
        "\n"
        "  identity-based policy\n"
        "    Allow no  statement 1 of policy.json: Action does not match\n"
        "    Allow no  statement 2 (FromHome) of policy.json: condition StringEquals\n"
        "              aws:SourceVpce `vpce-1`, `vpce-2`: the request has no\n"
        "              aws:SourceVpce\n"
        "    Deny  no  statement 3 of policy.json: condition Bool aws:SecureTransport\n"
        "              `false`: the request has no aws:SecureTransport\n"
    )


@pytest.mark.parametrize(
    ("context", "code"),
    [
        (["aws:SourceVpce=vpce-2"], 0),
        (["AWS:sourcevpce=vpce-2"], 0),
        (["aws:SourceVpce=vpce-3"], 1),
        (["aws:SourceVpce=vpce-1", "aws:sourceVpce=vpce-2"], 1),
        (["aws:SourceVpce=vpce-1", "aws:SecureTransport=False"], 1),
    ],
)
def test_the_context_decides_and_a_repeated_key_is_multivalued(iamglue, policy, context, code):
    options = [option for each in context for option in ("--context", each)]
    assert iamglue("can", policy(POLICY), *PUT, *options).exit_code == code


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--boundary", "all.json"], 0),
        (["--boundary", "none.json"], 1),
        (["--boundary", "none.json+all.json"], 0),
        (["--session", "none.json"], 1),
        (["--scp", "all.json", "--scp", "all.json"], 0),
        (["--scp", "all.json", "--scp", "none.json"], 1),
        (["--scp", "all.json+none.json"], 0),
        (["--resource-account", "999999999999", "--principal", ROLE], 1),
        (["--resource-account", "999999999999", "--principal", ROLE, "--resource-policy", "bucket.json"], 0),
        (["--rcp", "rcp.json"], 1),
        (["--rcp", "rcp.json", "--resource-account", "999999999999", "--management-account", "999999999999"], 0),
        (["--scp", "none.json", "--principal", ROLE, "--management-account", "123456789012"], 0),
        (["--scp", "none.json", "--principal", ROLE, "--management-account", "999999999999"], 1),
        (["--endpoint-policy", "bucket.json", "--principal", ROLE], 0),
        (["--endpoint-policy", "sqs.json", "--principal", ROLE], 1),
        (["--resource-policy", "public.json", "--principal", "*"], 0),
        (["--resource-policy", "public.json", "--principal", "*", "--block-public-access"], 1),
        (["--resource-policy", "public.json", "--principal", ROLE, "--block-public-access"], 0),
    ],
)
def test_every_layer_has_its_say(iamglue, policy, monkeypatch, tmp_path, options, code):
    monkeypatch.chdir(tmp_path)
    everyone = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
    policy(POLICY)
    policy(ALL, "all.json")
    policy(NOTHING, "none.json")
    policy({"Statement": {**everyone, "Effect": "Allow", "Principal": {"AWS": ROLE}}}, "bucket.json")
    policy({"Statement": everyone}, "rcp.json")
    policy({"Statement": {**everyone, "Effect": "Allow"}}, "public.json")
    policy({"Statement": {**everyone, "Effect": "Allow", "Action": "sqs:*"}}, "sqs.json")
    assert iamglue("can", "policy.json", *GET, *options).exit_code == code


def test_a_batch_answers_each_line_in_order(batch):
    result, answers = batch(
        LINE,
        {**LINE, "action": "s3:PutObject"},
        {**LINE, "action": "s3:PutObject", "context": {"AWS:SourceVPCE": "vpce-1"}},
        {**LINE, "context": {"aws:securetransport": False}},
        {**LINE, "context": {"aws:MultiFactorAuthAge": 12, "aws:TagKeys": ["a", "b"], "aws:x": []}},
        {**LINE, "principal": ROLE, "resource_account": "999999999999"},
    )
    assert result.exit_code == 1
    assert [each["decision"] for each in answers] == [
        "allowed",
        "implicitly-denied",
        "allowed",
        "explicitly-denied",
        "allowed",
        "implicitly-denied",
    ]
    assert all(set(each) >= {"decision", "reason", "decided_by"} for each in answers)


def test_a_batch_of_allowed_requests_exits_0(batch):
    assert batch(LINE, LINE)[0].exit_code == 0
    assert batch()[0].exit_code == 0


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "the line is not valid JSON"),
        ("{", "the line is not valid JSON"),
        ("[" * 100_000, "nested too deeply"),
        ('{"action": NaN}', "the line is not valid JSON: `NaN` is not allowed"),
        ('{"action": "s3:GetObject", "action": "s3:GetObject"}', "a key is listed twice"),
        ("[]", "expected a JSON object"),
        ("{} {}", "the line goes on after the request"),
        ({"action": "s3:GetObject"}, "`resource` is missing"),
        ({**LINE, "action": 1}, "`action` must be a string"),
        ({**LINE, "actoin": "x"}, "a request cannot have the key `actoin`"),
        ({**LINE, "action": "s*:Get"}, "`s*:Get` is not a valid pattern of actions"),
        ({**LINE, "action": "GetObject"}, "`GetObject` is not a valid action"),
        ({**LINE, "resource": "bucket"}, "`bucket` is not a valid resource"),
        ({**LINE, "context": []}, "`context` must be an object"),
        ({**LINE, "context": {"a": None}}, "the value of `a`"),
        ({**LINE, "context": {"a": {"b": 1}}}, "the value of `a`"),
        ({**LINE, "context": {"a": "1", "A": "2"}}, "the same condition key is given twice"),
        ({**LINE, "principal": "bob"}, "`bob` is not a valid principal"),
        ({**LINE, "principal": 12}, "`principal` and `resource_account` must be strings"),
        ({**LINE, "resource_account": "12"}, "`12` is not a valid account ID"),
    ],
)
def test_a_bad_line_is_unknown_and_told_of_and_the_others_are_answered(batch, line, said):
    result, answers = batch(LINE, line, LINE)
    assert result.exit_code == 2
    assert [each["decision"] for each in answers] == ["allowed", "unknown", "allowed"]
    assert said in answers[1]["reason"]
    assert f"error: <stdin>:2: {answers[1]['reason'].removeprefix('<stdin>:2: ')}" in result.stderr


def test_many_bad_lines_are_counted_after_some(batch):
    result, answers = batch(*["x"] * 30)
    assert len(answers) == 30
    assert "<stdin>: 10 more lines could not be read" in result.stderr


@pytest.mark.parametrize(("resource", "code"), [("*", 0), ("arn:aws:sns:*:*:*", 1)])
def test_a_message_to_a_phone_number_is_a_request_that_only_a_star_allows(iamglue, policy, resource, code):
    document = {**NOTHING, "Statement": [{"Effect": "Allow", "Action": "sns:Publish", "Resource": resource}]}
    result = iamglue("can", policy(document), "--action", "sns:Publish", "--resource", "+4915112345678")
    assert result.exit_code == code


@pytest.mark.parametrize(
    ("action", "resource", "types"),
    [
        ("glue:GetTable", "arn:aws:glue:eu-west-1:123456789012:crawler/x", " catalog, database, rootcatalog, table"),
        ("s3:GetObject", "arn:aws:s3:::b", " accesspointobject, object"),
        ("s3:GetObject", "arn:aws:s3:::b/k", None),
        ("states:SendTaskSuccess", "arn:aws:states:eu-west-1:123456789012:stateMachine:x", None),
    ],
)
def test_a_resource_type_that_the_reference_does_not_list_for_the_action_is_noted(
    iamglue, policy, action, resource, types
):
    result = iamglue("can", policy(ALL), "--action", action, "--resource", resource, "--format", "json")
    assert result.exit_code == 0
    note = f"AWS's reference lists {action} only for the resource types{types}"
    assert json.loads(result.stdout).get("notes", []) == ([note] if types else [])


def test_an_unknown_action_is_evaluated_and_noted(batch):
    _, (answer,) = batch({**LINE, "action": "s3:GetObjekt"})
    assert answer["notes"] == ["s3:GetObjekt is not in AWS's reference; did you mean `GetObject`?"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (GET[:2], "give --action and --resource, or --requests"),
        (("--action", "s3:GetObject", "--resource", "bucket"), "expected an ARN, or `*`"),
        ((*GET, "--context", "key"), "--context must be KEY=VALUE"),
        ((*GET, "--requests", "-"), "belong in each line"),
        (("--error", "-", "--requests", "-"), "not both"),
        ((*GET, "--boundary", "missing.json"), "there is no such file"),
        ((*GET, "--endpoint-policy", "POLICY"), "has no Principal, but a VPC endpoint policy requires one"),
        ((*GET, "--management-account", "12"), "`12` is not a valid account ID"),
        ((*GET, "--resource-policy", "POLICY"), "has no Principal"),
    ],
)
def test_bad_usage_exits_2_and_says_what_was_expected(iamglue, policy, arguments, said):
    path = str(policy(POLICY))
    result = iamglue("can", path, *(path if each == "POLICY" else each for each in arguments))
    assert result.exit_code == 2
    assert said in result.stderr


@pytest.mark.parametrize(
    "text",
    [
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow"',
        "[" * 100_000,
        '{"Statement": [], "Statement": []}',
        '{"Statement": ' + "[" * 5000,
        '{"a":' * 5000,
        '{"Statement": "' + "x" * 10_000_000 + '"}',
    ],
    ids=["truncated", "deep lists", "duplicate keys", "deep statement", "deep maps", "10 MB"],
)
def test_a_broken_policy_is_a_clear_error(iamglue, policy, text):
    result = iamglue("can", policy(text), *GET)
    assert result.exit_code == 2
    assert "policy.json" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("pattern", ["*a" * 500 + "*", "?" * 2000 + "*", "*?" * 1000, "*" * 5000 + "b"])
def test_a_pathological_pattern_is_decided(iamglue, policy, pattern):
    given = {"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": f"arn:aws:s3:::{pattern}"}]}
    resource = "arn:aws:s3:::" + "a" * 3000
    result = iamglue("can", policy(given), "--action", "s3:GetObject", "--resource", resource)
    assert result.exit_code == (1 if pattern.endswith("b") else 0)


def test_nothing_in_a_request_or_policy_can_command_the_terminal(iamglue, policy):
    given = json.dumps(POLICY).replace("vpce-1", "\\u001b[31m")
    result = iamglue("can", policy(given), *PUT, "--context", "aws:SourceVpce=\x1b]0;x\x07")
    assert "\x1b" not in result.stdout
    assert "\x07" not in result.stdout


DENIED = (
    f"User: {ROLE} is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::b/k because no identity-based "
    "policy allows the s3:PutObject action"
)


def test_a_message_is_explained_with_the_smallest_statement(iamglue):
    result = iamglue("can", "--error", "-", "--format", "json", stdin=DENIED)
    assert result.exit_code == 1
    data = json.loads(result.stdout)
    assert data["statement"] == {"Effect": "Allow", "Action": ["s3:PutObject"], "Resource": ["arn:aws:s3:::b/k"]}
    assert (data["policy_kind"], data["principal"]) == ("identity-based policy", ROLE)
    assert json.dumps(data["statement"], indent=2) in iamglue("can", "--error", "-", stdin=DENIED).stdout


def test_with_policies_a_message_is_evaluated_too(iamglue, policy):
    path = policy(POLICY)
    assert iamglue("can", path, "--error", "-", stdin=DENIED).exit_code == 1
    allowed = iamglue("can", path, "--error", "-", "--context", "aws:SourceVpce=vpce-1", stdin=DENIED)
    assert allowed.exit_code == 0
    assert "Decision of the given policies:" in allowed.stdout


def test_a_message_that_tells_too_little_exits_3_unless_the_user_says_the_rest(iamglue, policy):
    plain = "An error occurred (AccessDenied) when calling the GetObject operation: Access Denied"
    result = iamglue("can", policy(POLICY), "--error", "-", stdin=plain)
    assert result.exit_code == 3
    assert "give --resource" in result.stderr
    told = iamglue("can", policy(POLICY), "--error", "-", "--resource", "arn:aws:s3:::b/k", stdin=plain)
    assert told.exit_code == 0
    assert iamglue("can", "--error", "-", stdin="AccessDenied").exit_code == 3
    assert iamglue("can", "--error", "-", stdin="hello").exit_code == 2


@pytest.mark.parametrize(
    ("action", "asked", "resource", "code"),
    [
        ("s3:ListAllMyBuckets", "*", "arn:aws:s3:::*", 0),
        ("s3:ListAllMyBuckets", "*", "*", 0),
        ("s3:ListAllMyBuckets", "*", "arn:aws:s3:::images", 1),
        ("ssm:SendCommand", "arn:aws:ssm:eu-west-1::document/AWS-RunShellScript", "arn:aws:ssm:*::document/*", 0),
        ("s3:GetObject", "arn:aws:s3::123456789012:accesspoint/a.mrap/object/b", "arn:aws:s3::*:accesspoint/*", 0),
    ],
)
def test_the_policy_s_text_decides_on_resources_that_the_reference_does_not_list(
    iamglue, tmp_path, action, asked, resource, code
):
    path = tmp_path / "policy.json"
    path.write_text(json.dumps({"Statement": [{"Effect": "Allow", "Action": action, "Resource": resource}]}))
    assert iamglue("can", "--action", action, "--resource", asked, str(path)).exit_code == code


ACCOUNT = "arn:aws:iam::123456789012"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/1"


@pytest.mark.parametrize(
    ("action", "resource", "context", "owned"),
    [
        ("iam:CreatePolicyVersion", "arn:aws:iam::aws:policy/ReadOnlyAccess", {}, "AWS managed policies"),
        ("iam:AttachRolePolicy", f"{ACCOUNT}:role/aws-service-role/x.amazonaws.com/r", {}, "service-linked roles"),
        ("iam:UpdateRole", f"{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/r", {}, "roles that AWS reserves"),
        ("kms:CreateAlias", "arn:aws:kms:eu-west-1:123456789012:alias/aws/s3", {}, "`alias/aws/`"),
        ("kms:PutKeyPolicy", KEY, {"kms:ResourceAliases": ["alias/aws/s3"]}, "AWS managed keys"),
        ("iam:GetPolicy", "arn:aws:iam::aws:policy/ReadOnlyAccess", {}, None),
        ("iam:TagRole", f"{ACCOUNT}:role/aws-service-role/x.amazonaws.com/r", {}, None),
        ("iam:CreatePolicyVersion", f"{ACCOUNT}:policy/mine", {}, None),
        ("kms:PutKeyPolicy", KEY, {"kms:ResourceAliases": ["alias/mine"]}, None),
    ],
)
def test_a_change_of_what_aws_owns_is_decided_and_noted(iamglue, policy, action, resource, context, owned):
    line = json.dumps({"action": action, "resource": resource, "context": context})
    result = iamglue("can", policy(ALL), "--requests", "-", stdin=line)
    answer = json.loads(result.stdout)
    assert answer["decision"] == "allowed"
    assert (owned in answer["aws_owned"]) if owned else "aws_owned" not in answer


def test_the_text_says_that_aws_refuses_the_change(iamglue, policy):
    request = ("--action", "iam:DeletePolicy", "--resource", "arn:aws:iam::aws:policy/ReadOnlyAccess")
    result = iamglue("can", policy(ALL), *request)
    assert result.exit_code == 0
    assert "note    AWS refuses this request whatever policies allow" in result.stdout


@pytest.mark.parametrize(
    ("action", "resource", "answer", "code"),
    [
        ("s3:GetObject", "arn:aws:s3:::b/*", "all", 0),
        ("s3:GetObject", "arn:aws:s3:::*", "some", 1),
        ("s3:*Object", "arn:aws:s3:::b/*", "some", 1),
        ("s3:GetObject", "arn:aws:s3:::c/*", "none", 1),
        ("s3:Get*", "*", "some", 1),
    ],
)
def test_a_pattern_is_answered_with_examples(iamglue, policy, action, resource, answer, code):
    path, request = policy(POLICY), ("--action", action, "--resource", resource)
    result = iamglue("can", path, *request, "--format", "json")
    assert result.exit_code == code
    data = json.loads(result.stdout)
    assert data["answer"] == answer
    assert data["request"]["action"] == action
    assert (data["allowed_example"] is None, data["denied_example"] is None) == (answer == "none", answer == "all")
    if data["allowed_example"]:
        assert data["allowed_example"]["decision"] == "allowed"
    text = iamglue("can", path, *request)
    assert text.exit_code == code
    assert text.stdout.startswith(f"{answer}: {action} on {resource}\n")


def test_an_undecided_pattern_exits_1_with_its_reason(iamglue, policy):
    bucket = policy({"Statement": {"Effect": "Allow", "Principal": {"AWS": ROLE}, "Action": "s3:*", "Resource": "*"}})
    result = iamglue("can", "--resource-policy", bucket, "--action", "s3:Get*", "--resource", "arn:aws:s3:::b/*")
    assert result.exit_code == 1
    assert result.stdout.startswith("unknown: ")
    assert "because it is not known whether" in " ".join(result.stdout.split())


def test_a_batch_answers_patterns_too(batch):
    result, answers = batch(LINE, {**LINE, "resource": "arn:aws:s3:::b/*"}, {**LINE, "action": "s3:*"})
    assert result.exit_code == 1
    assert answers[0]["decision"] == "allowed"
    assert [answer["answer"] for answer in answers[1:]] == ["all", "some"]


@pytest.mark.parametrize(
    ("action", "resource", "problem"),
    [
        ("*", "*", "is not a valid pattern of actions"),
        ("s*:Get", "*", "is not a valid pattern of actions"),
        ("s3:Get*", "bucket*", "is not a valid resource"),
        ("s3:Get*", "arn:aws:s3:::${Bucket}/*", "is not a valid pattern of resources"),
        ("Get*", "*", "is not a valid pattern of actions"),
    ],
)
def test_an_invalid_pattern_exits_2(iamglue, policy, action, resource, problem):
    result = iamglue("can", policy(POLICY), "--action", action, "--resource", resource)
    assert result.exit_code == 2
    assert problem in result.stderr


def test_a_pattern_that_no_action_matches_is_noted(iamglue, policy):
    result = iamglue("can", policy(ALL), "--action", "s3:Foo*", "--resource", "*")
    assert "note    s3:Foo* matches no action of AWS's reference" in result.stdout


def test_a_change_of_what_aws_owns_is_noted_for_the_example_of_a_pattern(iamglue, policy):
    request = ("--action", "iam:DeletePolicy", "--resource", "arn:aws:iam::aws:policy/*")
    result = iamglue("can", policy(ALL), *request)
    assert result.stdout.startswith("all: iam:DeletePolicy")
    assert "AWS refuses this request whatever policies allow" in " ".join(result.stdout.split())


@pytest.mark.parametrize("word", ["s3:GetObject", "s3:Get*", "arn:aws:s3:::b/k"])
def test_an_action_or_arn_in_place_of_a_file_is_told_its_option(iamglue, policy, word):
    result = iamglue("can", policy(POLICY), word)
    assert result.exit_code == 2
    assert f"`{word}` is not a file" in result.stderr
