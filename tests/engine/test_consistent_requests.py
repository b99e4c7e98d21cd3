"""A witness is a request that can exist: its condition keys agree with one another, and with its resource.

`faults` is written from AWS's page on condition keys, and shares nothing with the product.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

import base64
import json
import random
import re
from datetime import datetime

import pytest
from support.rows import every_row

from iamglue.api.functions import compare_policies
from iamglue.engine.solve.access import access_of_statement
from iamglue.engine.solve.comparison import ComparisonAnswer
from iamglue.engine.solve.proof import Verdict, prove_empty
from iamglue.policy.conditions import build_condition
from iamglue.policy.document import read_policy
from iamglue.policy.model import allow_statement

Q = "arn:aws:sqs:us-east-1:111111111111:q"
OBJECTS = "arn:aws:s3:::b/*"
ROLE, USER = "arn:aws:iam::111111111111:role/r", "arn:aws:iam::111111111111:user/u"
NEW, NO_NEW, UNKNOWN = ComparisonAnswer.NEW_ACCESS, ComparisonAnswer.NO_NEW_ACCESS, ComparisonAnswer.UNKNOWN


TYPES = {"root": "Account", "user": "User", "role": "AssumedRole", "federated-user": "FederatedUser"}
CALLER = r"arn:aws[a-z-]*:(?:iam|sts)::(\d{12}):(?:(root)|(user|role|federated-user)/(?:[^/]+/)*([^/]+))"


def faults(request):
    """Why no caller can send the request; empty if one can, as far as these keys tell."""
    keys = {key.lower(): values for key, values in request.context.items()}
    first = {key: values[0] for key, values in keys.items()}
    fields = (*request.resource.split(":", 5), *[""] * 5)[:6]
    return [*principal_faults(first), *resource_faults(first, fields[3], fields[4]), *other_faults(first, keys)]


def principal_faults(first):
    """What contradicts the principal's ARN, or the user name."""
    arn = first.get("aws:principalarn")
    if "aws:username" in first and first.get("aws:principaltype", "User") != "User":
        yield "only a user has a user name"
    if arn is None:
        return
    match = re.fullmatch(CALLER, arn)
    if not match:
        yield f"{arn} is not a principal's"
        return
    owner, kind, name = match[1], match[2] or match[3], match[4]
    if first.get("aws:principalaccount", owner) != owner:
        yield "the principal has two accounts"
    if first.get("aws:principaltype", TYPES[kind]) != TYPES[kind]:
        yield "the principal has two types"
    if "aws:username" in first and (kind, name) != ("user", first["aws:username"]):
        yield "only a user has a user name, which is in its ARN"
    if "aws:userid" in first and (":" in first["aws:userid"]) is not (kind in ("role", "federated-user")):
        yield "the ID of a role's session has a colon, that of a user has none"


def resource_faults(first, region, account):
    """What contradicts the Region and the account in the ARN of the resource."""
    accounts = {first[key] for key in ("aws:resourceaccount", "s3:resourceaccount") if key in first}
    if len(accounts | ({account} if account and accounts else set())) > 1:
        yield "the resource has two accounts"
    if region and first.get("aws:requestedregion", region) != region:
        yield "the resource is in another Region"


def other_faults(first, keys):
    """Other keys that contradict one another."""
    owner = first.get("aws:sourcearn", "arn:::::").split(":")[4]
    if owner and first.get("aws:sourceaccount", owner) != owner:
        yield "the source has two accounts"
    if "aws:sourceip" in first and {"aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip"} & set(first):
        yield "requests through an endpoint have no public address"
    if "aws:multifactorauthage" in first and first.get("aws:multifactorauthpresent") == "false":
        yield "there was no MFA"
    if "aws:currenttime" in first and "aws:epochtime" in first:
        now = first["aws:currenttime"]
        seconds = float(now) if now.isdecimal() else datetime.fromisoformat(now).timestamp()
        if seconds != float(first["aws:epochtime"]):
            yield "the request has two times"
    tags = {key.partition("/")[2] for key in keys if key.startswith("aws:requesttag/")}
    if tags - {name.lower() for name in keys.get("aws:tagkeys", tags)}:
        yield "the list of tags lacks one"
    roots = {path.split("/")[0] for path in keys.get("aws:principalorgpaths", ())}
    if roots - {first.get("aws:principalorgid", root) for root in roots}:
        yield "the principal is in two organizations"


def allow(conditions=None, action="s3:GetObject", resource=OBJECTS):
    return {"Effect": "Allow", "Action": action, "Resource": resource, "Condition": conditions or {}}


def compared(new, old=()):
    """The comparison of two lists of statements."""
    documents = ({"Version": "2012-10-17", "Statement": list(statements)} for statements in (old, new))
    return compare_policies(*(read_policy(json.dumps(document), "policy.json") for document in documents))


IMPOSSIBLE = {
    "an account that is not in the principal's ARN": {
        "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/*"},
        "StringEquals": {"aws:PrincipalAccount": "222222222222"},
    },
    "a user name that is not in the ARN": {
        "ArnEquals": {"aws:PrincipalArn": USER},
        "StringEquals": {"aws:username": "bob"},
    },
    "a role with a user name": {"ArnEquals": {"aws:PrincipalArn": ROLE}, "Null": {"aws:username": "false"}},
    "a user of another type": {
        "ArnEquals": {"aws:PrincipalArn": USER},
        "StringEquals": {"aws:PrincipalType": "AssumedRole"},
    },
    "the ARN of no principal": {"ArnLike": {"aws:PrincipalArn": "arn:aws:s3:us-east-1:111111111111:x/*"}},
    "the ID of a session, of a user": {
        "ArnEquals": {"aws:PrincipalArn": USER},
        "StringLike": {"aws:userid": "AROA*:session"},
    },
    "a source in another account": {
        "ArnEquals": {"aws:SourceArn": "arn:aws:sns:us-east-1:111111111111:t"},
        "StringEquals": {"aws:SourceAccount": "222222222222"},
    },
    "two accounts of a resource": {
        "StringEquals": {"aws:ResourceAccount": "111111111111", "s3:ResourceAccount": "222222222222"}
    },
    "a public address, and an endpoint": {
        "IpAddress": {"aws:SourceIp": "1.2.3.4"},
        "StringEquals": {"aws:SourceVpce": "vpce-12345678"},
    },
    "the age of a sign-in without MFA": {
        "NumericLessThan": {"aws:MultiFactorAuthAge": "60"},
        "Bool": {"aws:MultiFactorAuthPresent": "false"},
    },
    "two times": {
        "DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"},
        "DateGreaterThan": {"aws:EpochTime": "2021-01-01T00:00:00Z"},
    },
    "a tag that the list of tags lacks": {
        "StringEquals": {"aws:RequestTag/env": "prod"},
        "ForAllValues:StringEquals": {"aws:TagKeys": ["team"]},
    },
    "paths of another organization": {
        "StringEquals": {"aws:PrincipalOrgID": "o-aaaaaaaaaa"},
        "ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-bbbbbbbbbb/*"},
        "Null": {"aws:PrincipalOrgPaths": "false"},
    },
    "a direct call that a service makes": {
        "ForAnyValue:StringEquals": {"aws:CalledVia": "athena.amazonaws.com"},
        "Bool": {"aws:ViaAWSService": "false"},
    },
}


@every_row("conditions", IMPOSSIBLE.values())
def test_no_witness_is_shown_where_no_request_has_such_keys(conditions):
    comparison = compared([allow(conditions)])
    assert (comparison.answer, comparison.witness) == (UNKNOWN, None)
    assert comparison.reason.startswith("it depends on whether a request can have such values of ")


@pytest.mark.parametrize(
    ("conditions", "resource"),
    [
        ({"StringEquals": {"aws:ResourceAccount": "222222222222"}}, Q),
        ({"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}, Q),
    ],
)
def test_no_witness_is_shown_whose_keys_contradict_the_arn_of_its_resource(conditions, resource):
    comparison = compared([allow(conditions, "sqs:SendMessage", resource)])
    assert (comparison.answer, comparison.witness) == (UNKNOWN, None)


POSSIBLE = {
    "a role, by its account": {
        "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"},
        "StringEquals": {"aws:PrincipalAccount": "222222222222"},
    },
    "a user, by name and account": {
        "StringEquals": {"aws:username": "bob", "aws:PrincipalAccount": "222222222222", "aws:PrincipalType": "User"},
        "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/*"},
    },
    "no user": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/*"}, "Null": {"aws:username": "true"}},
    "not of some accounts": {
        "StringNotEquals": {"aws:PrincipalAccount": ["111111111111", "222222222222"]},
        "ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::333333333333:*"},
    },
    "a federated user": {"StringEquals": {"aws:PrincipalType": "FederatedUser"}},
    "a session by its ID": {"StringLike": {"aws:userid": "AROAEXAMPLE:*"}},
    "an endpoint or an address": {
        "StringNotEqualsIfExists": {"aws:SourceVpce": "vpce-12345678"},
        "NotIpAddressIfExists": {"aws:SourceIp": "10.0.0.0/8"},
    },
    "tags, of the listed ones": {
        "StringEquals": {"aws:RequestTag/Env": "prod"},
        "ForAllValues:StringEquals": {"aws:TagKeys": ["Env", "Team"]},
    },
    "another Region": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "us-east-1"]}},
    "MFA": {"NumericLessThan": {"aws:MultiFactorAuthAge": "60"}, "Bool": {"aws:MultiFactorAuthPresent": "true"}},
    "an organization": {
        "StringEquals": {"aws:PrincipalOrgID": "o-aaaaaaaaaa"},
        "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-aaaaaaaaaa/*"},
    },
    "a time": {"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z", "aws:EpochTime": "2021-01-01T00:00:00Z"}},
}


@every_row("conditions", POSSIBLE.values())
def test_a_witness_is_shown_where_some_request_has_such_keys(conditions):
    comparison = compared([allow(conditions)])
    assert comparison.answer is NEW
    assert faults(comparison.witness) == []


SOURCES = {
    "a source by its account": {
        "ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:t"},
        "StringEquals": {"aws:SourceAccount": "222222222222"},
    },
    "a source without an account": {
        "ArnLike": {"aws:SourceArn": "arn:aws:s3:::bucket"},
        "StringEquals": {"aws:SourceAccount": "222222222222"},
    },
}


@pytest.mark.parametrize("conditions", SOURCES.values(), ids=SOURCES)
@pytest.mark.parametrize("principal", ["*", {"Service": "sns.amazonaws.com"}])
def test_a_request_with_a_source_is_one_of_a_service(conditions, principal):
    comparison = compared([{**allow(conditions), "Principal": principal}])
    assert comparison.answer is NEW
    assert comparison.witness.principal.endswith(".amazonaws.com")
    assert faults(comparison.witness) == []


@pytest.mark.parametrize("conditions", SOURCES.values(), ids=SOURCES)
@pytest.mark.parametrize("principal", [None, {"AWS": ROLE}])
def test_no_witness_with_a_source_is_shown_for_users_and_roles(conditions, principal):
    comparison = compared([{**allow(conditions), **({"Principal": principal} if principal else {})}])
    assert (comparison.answer, comparison.witness) == (UNKNOWN, None)


ALWAYS = ("aws:PrincipalArn", "aws:PrincipalAccount", "aws:userid", "aws:SecureTransport", "aws:UserAgent",
          "aws:CurrentTime", "aws:EpochTime", "aws:RequestedRegion", "aws:ViaAWSService", "aws:PrincipalType",
          "aws:PrincipalIsAWSService")  # fmt: skip


@pytest.mark.parametrize("key", ALWAYS)
def test_a_statement_for_requests_without_a_key_that_all_have_allows_nothing(key):
    assert compared([allow({"Null": {key: "true"}})]).answer is NO_NEW


@pytest.mark.parametrize("key", ["aws:MultiFactorAuthPresent", "aws:SourceIp", "aws:username", "aws:PrincipalOrgID"])
def test_a_statement_for_requests_without_a_key_that_some_lack_allows_something(key):
    assert compared([allow({"Null": {key: "true"}})]).answer is NEW


def test_a_condition_with_if_exists_on_a_key_that_all_requests_have_is_the_one_without():
    old = allow({"Bool": {"aws:SecureTransport": "true"}})
    assert compared([allow({"BoolIfExists": {"aws:SecureTransport": "true"}})], [old]).answer is NO_NEW


def test_identity_based_policies_do_not_apply_to_requests_of_services():
    assert compared([allow({"Bool": {"aws:PrincipalIsAWSService": "true"}})]).answer is NO_NEW


def test_a_variable_has_the_value_that_fits_the_principal():
    conditions = {"StringEquals": {"aws:PrincipalType": "User"}}
    comparison = compared([allow(conditions, resource="arn:aws:s3:::b/${aws:username}/*")])
    assert comparison.answer is NEW
    assert faults(comparison.witness) == []


VALUES = {
    "aws:PrincipalArn": (ROLE, USER, "arn:aws:iam::*:role/*", "arn:aws:iam::222222222222:*"),
    "aws:PrincipalAccount": ("111111111111", "222222222222"),
    "aws:PrincipalType": ("User", "AssumedRole"),
    "aws:username": ("u", "v"),
    "aws:userid": ("AIDAAAAA", "AROAAAAA:x"),
    "aws:SourceArn": ("arn:aws:sns:*:111111111111:*", "arn:aws:s3:::x"),
    "aws:SourceAccount": ("111111111111", "222222222222"),
    "aws:ResourceAccount": ("111111111111", "222222222222"),
    "aws:RequestedRegion": ("us-east-1", "eu-west-1"),
    "aws:RequestTag/env": ("prod", "dev"),
}


def random_conditions(rng):
    """One to three conditions on keys that depend on one another."""
    blocks = {}
    for key in rng.sample(sorted(VALUES), rng.randint(1, 3)):
        base = "Arn" if key.endswith("Arn") else "String"
        operator = base + rng.choice(["Like", "NotLike"]) + rng.choice(["", "", "IfExists"])
        blocks.setdefault(operator, {})[key] = rng.sample(VALUES[key], rng.randint(1, 2))
    return blocks


def test_every_witness_between_random_policies_can_exist():
    rng = random.Random(11)
    answers = []
    for _ in range(250):
        resource = rng.choice([Q, "arn:aws:sqs:*:*:q", "*"])
        new, old = (
            [allow(random_conditions(rng), "sqs:SendMessage", resource) for _ in range(rng.randint(1, 2))] for _ in "ab"
        )
        comparison = compared(new, old)
        answers.append(comparison.answer)
        if comparison.witness is not None:
            assert faults(comparison.witness) == [], (new, old, comparison.witness)
    assert answers.count(NEW) >= 120


def test_a_binary_value_in_a_witness_is_bytes_in_base64():
    old = allow({"BinaryEquals": {"lex:data": ["QQ==", "not base64"]}})
    witness = compared([allow({"Null": {"lex:data": "false"}})], [old]).witness
    assert base64.b64decode(witness.context["lex:data"][0], validate=True) != b"A"


def test_paths_of_organizations_need_no_organization_that_no_policy_tests():
    deny = {**allow({"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-a/*"}}), "Effect": "Deny"}
    assert compared([allow({"Bool": {"aws:SecureTransport": "true"}}), deny]).answer is NEW


def test_the_arn_of_a_named_role_is_whole():
    role = {"Principal": {"AWS": ROLE}}
    new = {**allow({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}}), **role}
    assert (compared([new]).answer, compared([new]).witness) == (UNKNOWN, None)


def test_a_named_role_may_have_a_path():
    role = {"Principal": {"AWS": "arn:aws:iam::111111111111:role/a/r"}}
    new = {**allow({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/a/*"}}), **role}
    assert compared([new]).witness.context == {"aws:PrincipalArn": ("arn:aws:iam::111111111111:role/a/r",)}


@pytest.mark.parametrize(
    "condition",
    [
        {"DateGreaterThan": {"aws:CurrentTime": "1735689600000"}},
        {"DateLessThan": {"aws:CurrentTime": "-99999999999999"}},
        {"DateGreaterThanEquals": {"aws:EpochTime": "9999-12-31T23:59:59-01:00"}},
    ],
)
def test_a_time_that_no_calendar_has_is_shown_in_seconds(condition):
    ((seconds,),) = compared([allow(condition)]).witness.context.values()
    assert abs(int(seconds)) > 200_000_000_000


@pytest.mark.parametrize("last", ["9999-12-31T23:59:59Z", "9999-12-31"])
def test_a_limit_of_the_last_year_is_compared_with_no_limit(last):
    limited = [allow({"DateLessThanEquals": {"aws:CurrentTime": last}})]
    assert compared([allow({})], limited).answer is NEW


def test_a_search_that_is_restarted_takes_any_value_of_a_key_as_before(monkeypatch):
    """Of two conditions that no caller meets: with `any_context`, their keys need not agree."""
    conditions = (
        build_condition("StringEquals", "aws:PrincipalAccount", "111111111111"),
        build_condition("ArnEquals", "aws:PrincipalArn", "arn:aws:iam::222222222222:role/r"),
    )
    access = access_of_statement(allow_statement(("s3:GetObject",), ("*",), conditions=conditions))
    monkeypatch.setattr("iamglue.engine.solve.proof.FIRST_PASS_STEPS", 1)
    assert prove_empty(access, any_context=True).verdict is Verdict.NON_EMPTY
    assert prove_empty(access).verdict is Verdict.UNKNOWN
