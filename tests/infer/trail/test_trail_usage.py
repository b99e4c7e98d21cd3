"""What is counted for whom."""

from __future__ import annotations

import json

import pytest
from infer.trail.trail_records import ACCOUNT, REGION, ROLE, create_table, get_object, record, session


@pytest.fixture
def counted(trail, tmp_path):
    def run(*events, options=()):
        path = tmp_path / "events.json"
        path.write_text(json.dumps({"Records": events}))
        return trail(path, *options)

    return run


def test_an_access_has_its_counts_and_times(counted):
    ran = counted(
        get_object("in/a", eventTime="2026-01-05T10:00:00Z"),
        get_object("in/b", eventTime="2026-01-06T11:00:00Z", errorCode="AccessDenied"),
        get_object("in/c", eventTime="2026-01-05T09:00:00Z", errorCode="NoSuchKey"),
    )
    assert ran.usage["access"] == [
        {
            "role": ROLE,
            "function": "orders",
            "account": ACCOUNT,
            "region": "eu-west-1",
            "action": "s3:GetObject",
            "resource": "arn:aws:s3:::images/in/*",
            "via": None,
            "count": 3,
            "denied": 1,
            "first": "2026-01-05T09:00:00Z",
            "last": "2026-01-06T11:00:00Z",
        }
    ]


@pytest.mark.parametrize("code", ["AccessDenied", "AuthorizationException", "Client.UnauthorizedOperation"])
def test_a_denied_request_is_counted_apart(code, counted):
    (row,) = counted(create_table(errorCode=code)).usage["access"]
    assert (row["count"], row["denied"]) == (1, 1)


@pytest.mark.parametrize("code", ["ResourceInUseException", "KMSAccessDeniedException", "ThrottlingException"])
def test_a_request_that_failed_for_another_reason_was_allowed(code, counted):
    (row,) = counted(create_table(errorCode=code)).usage["access"]
    assert (row["count"], row["denied"]) == (1, 0)


def test_forward_access_names_the_service_that_made_the_request(counted):
    identity = session(invokedBy="athena.amazonaws.com")
    (row,) = counted(get_object(userIdentity=identity)).usage["access"]
    assert (row["role"], row["via"]) == (ROLE, "athena.amazonaws.com")


def test_functions_that_share_a_role_are_apart(counted):
    rows = counted(create_table(userIdentity=session("a")), create_table(userIdentity=session("b"))).usage["access"]
    assert [row["function"] for row in rows] == ["a", "b"]


@pytest.mark.parametrize(
    "name", ["i-0abc1234def567890", "botocore-session-1700000000", "anna@example.org", "1700000000"]
)
def test_the_name_of_a_session_that_is_no_function_is_not_one(name, counted):
    (row,) = counted(create_table(userIdentity=session(name), userAgent="Boto3/1.40")).usage["access"]
    assert row["function"] is None


def test_the_resource_that_credentials_were_issued_to_is_the_function(counted):
    arn = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:real-name:prod"
    scope = {"issuerType": "AWS::Lambda::Function", "credentialsIssuedTo": arn}
    other = {"issuerType": "AWS::ECS::Task", "credentialsIssuedTo": "arn:aws:ecs:eu-west-1:1:task/a"}
    rows = counted(
        create_table(userIdentity=session("other", inScopeOf=scope)),
        create_table(userIdentity=session("named", inScopeOf=other)),
    ).usage["access"]
    assert [row["function"] for row in rows] == [None, "real-name"]


def test_a_session_whose_record_does_not_say_function_is_noted(counted):
    ran = counted(create_table(userAgent="Boto3/1.40"))
    assert ran.usage["access"][0]["function"] == "orders"
    assert "the records of 1 request do not say that a function made them" in ran.notes


def test_users_are_counted_under_their_arn_and_noted(counted):
    user = {"type": "IAMUser", "arn": f"arn:aws:iam::{ACCOUNT}:user/anna", "accountId": ACCOUNT, "userName": "anna"}
    root = {"type": "Root", "arn": f"arn:aws:iam::{ACCOUNT}:root", "accountId": ACCOUNT}
    ran = counted(create_table(userIdentity=user), create_table(userIdentity=root))
    assert [row["role"] for row in ran.usage["access"]] == [root["arn"], user["arn"]]
    assert "2 requests are of users or root" in ran.notes


def test_what_is_no_access_of_a_role_has_a_reason(counted):
    service = {"type": "AWSService", "invokedBy": "lambda.amazonaws.com"}
    ran = counted(
        record("ConsoleLogin", "signin", eventType="AwsConsoleSignIn"),
        record("NotAnOperation", "iam"),
        record("AssumeRole", "sts", userIdentity=service),
        record("CreateTable", "dynamodb", userIdentity={"type": "AWSAccount", "accountId": "999999999999"}),
        record("CreateTable", "dynamodb", userIdentity=None),
        record("RotateKey", "kms", eventType="AwsServiceEvent"),
        record("GetCallerIdentity", "sts"),
    )
    assert (ran.code, ran.usage["access"]) == (0, [])
    reasons = ran.usage["not_actions"]
    assert sum(item["count"] for item in reasons) == ran.usage["records"] == 7
    assert all(item["why"] for item in reasons)


def test_a_role_without_a_session_issuer_is_known_by_its_name(counted):
    identity = {name: value for name, value in session().items() if name != "sessionContext"}
    assert counted(create_table(userIdentity=identity)).usage["access"][0]["role"] == "orders-role"


def test_role_and_function_choose_the_access(counted):
    events = [
        create_table(userIdentity=session("a")),
        create_table(userIdentity=session("b", f"arn:aws:iam::{ACCOUNT}:role/path/other-role")),
    ]
    for options, expected in (
        (("--role", "other-role"), ["b"]),
        (("--role", ROLE), ["a"]),
        (("--function", "b"), ["b"]),
        (("--role", "role"), []),
    ):
        assert [row["function"] for row in counted(*events, options=options).usage["access"]] == expected


def test_a_user_with_the_name_of_a_role_is_not_the_role(counted):
    user = {"type": "IAMUser", "arn": f"arn:aws:iam::{ACCOUNT}:user/orders-role", "accountId": ACCOUNT}
    usage = counted(create_table("a"), create_table("b", userIdentity=user), options=("--role", "orders-role")).usage
    assert [row["role"] for row in usage["access"]] == [ROLE]


def test_a_period_of_times_is_exact(counted):
    events = [create_table(str(hour), eventTime=f"2026-01-05T{hour:02}:00:00Z") for hour in (9, 10, 11)]
    ran = counted(*events, options=("--since", "2026-01-05T10:00:00Z", "--until", "2026-01-05T12:00:00+01:00"))
    assert [row["resource"][-2:] for row in ran.usage["access"]] == ["10"]
    assert ran.usage["records"] == 1
    assert "2 records are not in the period" in ran.notes


def test_the_day_of_until_is_included(counted):
    days = ["2026-01-04", "2026-01-05", "2026-01-06"]
    events = [create_table(day, eventTime=f"{day}T23:59:59Z") for day in days]
    ran = counted(*events, options=("--until", "2026-01-05"))
    assert [row["resource"][-10:] for row in ran.usage["access"]] == days[:2]


def test_coverage_has_the_services_that_were_seen_and_says_where_data_events_were(counted):
    ran = counted(
        create_table(eventTime="2026-01-05T00:00:00Z"),
        get_object(eventTime="2026-01-05T12:00:00Z"),
        create_table(eventTime="2026-01-06T00:00:00Z"),
    )
    rest = {"to": "2026-01-06T00:00:00Z", "account": ACCOUNT, "regions": [REGION], "missing_reads": ["management"]}
    noon = "2026-01-05T12:00:00Z"
    images = [{"resource": "arn:aws:s3:::images", "from": noon}]
    data = {"data_events": True, "data_resources": images, "missing_writes": ["data"]}
    assert ran.usage["coverage"] == [
        {"service": "dynamodb", "from": "2026-01-05T00:00:00Z", "data_events": False, **rest},
        {"service": "s3", "from": noon, **data, **rest},
    ]


def test_coverage_begins_after_the_last_day_without_a_record(counted):
    ran = counted(*(create_table(eventTime=f"2026-01-{day:02}T00:00:00Z") for day in (5, 8, 9)))
    assert [item["from"] for item in ran.usage["coverage"]] == ["2026-01-08T00:00:00Z"]
    assert "2026-01-06 to 2026-01-07" in ran.notes


def test_coverage_names_the_account_so_that_nothing_is_unused_in_another_one(counted):
    assert [item["account"] for item in counted(create_table()).usage["coverage"]] == [ACCOUNT]
    ran = counted(create_table(), create_table(recipientAccountId="999999999999"))
    assert [item["account"] for item in ran.usage["coverage"]] == [ACCOUNT, "999999999999"]


def test_hostile_texts_are_values_and_control_nothing(counted):
    hostile = 'a\tb\nc\x00"\\N\u2028\x1b[31m'
    ran = counted(
        create_table(userIdentity=session(role=f"arn:aws:iam::{ACCOUNT}:role/{hostile}")),
        record("x" + hostile, "y" + hostile),
        create_table(hostile),
        get_object(hostile + "/x"),
        create_table("t", userIdentity=session(invokedBy=hostile)),
    )
    assert (ran.code, ran.usage["records"]) == (0, 5)
    total = sum(row["count"] for row in [*ran.usage["access"], *ran.usage["not_actions"]])
    assert total == 5
    assert "\x1b" not in ran.output + ran.notes


def test_a_spec_has_what_was_used_and_names_what_was_only_denied(counted):
    ran = counted(
        get_object(),
        create_table(),
        record("DeleteTable", "dynamodb", errorCode="AccessDenied", requestParameters={"tableName": "orders"}),
        options=("--function", "orders", "--format", "spec"),
    )
    assert ran.code == 0, ran.notes
    assert "function: orders" in ran.output
    assert "  - s3: images  # once, last 2026-01-05\n    prefix: in/\n" in ran.output
    assert "DeleteTable" not in ran.output
    assert "every request was denied" in ran.notes


def test_a_spec_of_several_roles_asks_for_one(counted):
    other = session(role=f"arn:aws:iam::{ACCOUNT}:role/other")
    ran = counted(create_table(), create_table(userIdentity=other), options=("--format", "spec"))
    assert ran.code == 2
    assert "choose one with --role or --function" in ran.notes


def test_parquet_has_the_flat_rows(counted, tmp_path):
    import duckdb

    out = tmp_path / "rows.parquet"
    assert counted(get_object("in/a"), get_object("in/b"), options=("--format", "parquet", "-o", out)).code == 0
    rows = duckdb.sql(f"select principal, name, resources, \"count\" from '{out}'").fetchall()
    assert rows == [(ROLE, "GetObject", '["arn:aws:s3:::images","arn:aws:s3:::images/in/*"]', 2)]


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ([], "give a PATH"),
        (["x", "--query", "--store", "s"], "answers from the store alone"),
        (["--query"], "answers from the store alone"),
        (["x", "--format", "parquet"], "needs -o FILE"),
        (["x", "--since", "yesterday"], "neither a date"),
        (["x", "--since", "2026-02-01", "--until", "2026-01-01"], "must be later"),
        (["x", "--since", "2026-01-01T05:00:00Z", "--store", "s"], "a store counts by days"),
        (["s3://"], "is not the URI of a bucket"),
    ],
)
def test_options_that_do_not_belong_together_are_usage_errors(options, problem, trail):
    ran = trail(*options)
    assert ran.code == 2
    assert problem in ran.notes
