"""`iamglue diff --trust`: who outside a zone of trust may do what."""

from __future__ import annotations

import json

import pytest
from risk.aws_examples import ANY, ORG, OTHER, OWN, allow, deny, root, service

POLICY = "policy.json"


@pytest.fixture
def diff(iamglue, tmp_path, monkeypatch):
    """Write a policy, and run `diff` on it with some options."""
    monkeypatch.chdir(tmp_path)

    def run(statements, *options):
        text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        (tmp_path / POLICY).write_text(text, encoding="utf-8")
        return iamglue("diff", POLICY, *options)

    return run


def test_external_access_is_exit_code_1_with_who_and_a_request_and_the_statement(diff):
    result = diff([allow("sqs", service("sns")), allow("sqs", root(OTHER))], "--trust", OWN)
    assert result.exit_code == 1
    assert result.stdout == (
        "external access: policy.json allows access from outside 111122223333\n"
        "\n"
        "  cross-account: arn:aws:iam::444455556666:root\n"
        "    may     sqs:SendMessage\n"
        "    from    policy.json:1, statement 2\n"
        "    such as sqs:SendMessage on arn:aws:sqs:us-east-2:111122223333:queue1 by\n"
        "            arn:aws:iam::444455556666:root\n"
    )


def test_no_external_access_is_exit_code_0(diff):
    result = diff([allow("sqs", root(OWN))], "--trust", OWN)
    assert (result.exit_code, result.stdout) == (
        0,
        "no external access: policy.json allows nothing from outside 111122223333\n",
    )


def test_what_is_only_known_to_be_possible_is_unknown_and_exit_code_1(diff):
    result = diff([allow("s3", StringEquals={"aws:SourceVpce": "vpce-1"})], "--trust", OWN)
    assert result.exit_code == 1
    assert result.stdout.startswith("unknown: cannot decide whether policy.json allows access from outside")


def test_json_has_a_list_for_each_kind(diff):
    statements = [
        allow("sqs", ANY),
        allow("sqs", root(OTHER)),
        allow("sqs", StringEquals={"aws:PrincipalOrgID": "o-z9y8x7w6v5"}),
        allow("sqs", {"CanonicalUser": "ab" * 32}),
    ]
    data = json.loads(diff(statements, "--trust", OWN, "--trust", ORG, "--format", "json").stdout)
    assert (data["answer"], data["trust"]) == ("external-access", [OWN, ORG])
    names = {"public": 0, "cross_account": 1, "cross_organization": 2, "unknown": 3}
    assert {name: [grant["source"]["statement"] for grant in data[name]] for name in names} == {
        name: [index] for name, index in names.items()
    }
    assert data["cross_account"][0]["witness"]["principal"] == f"arn:aws:iam::{OTHER}:root"
    assert data["cross_account"][0]["statement"]["Action"] == ["sqs:SendMessage"]


def test_json_without_external_access_has_empty_lists(diff):
    data = json.loads(diff([allow("sqs", root(OWN))], "--trust", "self", "--format", "json").stdout)
    assert data == {
        "answer": "no-external-access",
        "trust": ["self"],
        "witness": None,
        "reason": "",
        "future_only": False,
        "unlisted_only": False,
        "public": [],
        "cross_account": [],
        "cross_organization": [],
        "unknown": [],
    }


def test_markdown_is_a_table_whose_cells_a_name_cannot_end(diff):
    principal = {"AWS": f"arn:aws:iam::{OTHER}:user/a|b"}
    result = diff([allow("sqs", principal)], "--trust", OWN, "--format", "markdown")
    assert f"| cross-account | `arn:aws:iam::{OTHER}:user/a\\|b` |" in result.stdout


def test_the_account_of_the_resource_may_be_given(diff):
    statements = [allow("trust", root(OTHER))]
    assert diff(statements, "--trust", "self", "--account", OTHER).exit_code == 0
    assert diff(statements, "--trust", "self").stdout.startswith("unknown:")


@pytest.mark.parametrize(
    "options",
    [
        ("--trust", "1234"),
        ("--trust", OWN, "--account", "1234"),
        ("--trust", OWN, "--boundary", POLICY),
        ("--trust", OWN, "--scp", POLICY),
        ("--trust", OWN, "--against", POLICY),
        (POLICY, "--trust", OWN),
    ],
)
def test_options_that_do_not_fit_are_usage_errors(diff, options):
    result = diff([allow("sqs", root(OWN))], *options)
    assert (result.exit_code, result.stdout) == (2, "")


def test_an_identity_policy_is_an_error(diff):
    result = diff([{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}], "--trust", OWN)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "has no Principal" in result.stderr


def test_two_joined_policies_are_refused(iamglue, diff):
    diff([allow("sqs", root(OWN))], "--trust", OWN)
    assert iamglue("diff", f"{POLICY}+{POLICY}", "--trust", OWN).exit_code == 2


OWN_CALLERS = allow("s3", ANY, StringEquals={"aws:PrincipalAccount": "${aws:ResourceAccount}"})


@pytest.mark.parametrize("format", ["text", "markdown", "json"])
def test_an_answer_that_depends_on_the_account_of_the_resource_says_what_it_assumes(diff, format):
    result = diff([OWN_CALLERS], "--trust", OTHER, "--format", format)
    assert result.exit_code == 0
    assert "the account of the resource, which the policy does not say" in " ".join(result.stdout.split())


@pytest.mark.parametrize("options", [("--trust", "self"), ("--trust", OTHER, "--account", OTHER)])
def test_nothing_is_assumed_of_an_account_that_the_zone_or_an_option_says(diff, options):
    result = diff([OWN_CALLERS], *options)
    assert (result.exit_code, len(result.stdout.splitlines())) == (0, 1)


def test_an_answer_that_depends_on_the_organization_of_the_resource_says_what_it_assumes(diff):
    others = deny("s3", StringNotEquals={"aws:ResourceOrgID": ["${aws:PrincipalOrgID}", "o-z9y8x7w6v5"]})
    result = diff([allow("s3"), others], "--trust", ORG, "--format", "json")
    assert json.loads(result.stdout)["assumed"] == [f"the resource is in {ORG}"]
    assert result.exit_code == 0


def test_an_action_on_a_resource_type_that_the_reference_does_not_list_for_it_is_not_proved_away(diff):
    crawler = {**allow("sqs", ANY), "Action": "glue:GetTable", "Resource": f"arn:aws:glue:us-east-2:{OWN}:crawler/x"}
    result = diff([crawler], "--trust", OWN, "--format", "json")
    data = json.loads(result.stdout)
    assert (result.exit_code, data["answer"]) == (1, "unknown")
    assert data["reason"].startswith("AWS's reference lists glue:GetTable only for the resource types catalog,")
