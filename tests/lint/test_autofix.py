"""Fixes: a mended text lints clean of what was mended, and safe fixes grant nothing new."""

from __future__ import annotations

import json

import pytest
from support.linting import TODAY, linted, managed_policies, mended_text, read, rules_of

from iamglue.engine.solve.access import access_of
from iamglue.engine.solve.comparison import ComparisonAnswer, compare
from iamglue.lint import autofix as mend
from iamglue.lint.selection import RuleSelection
from iamglue.policy.document import read_policy

EXAMPLE = "examples/blog-post"
STATEMENT = '{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": {}, "Resource": {}}}]}}'


def grants_nothing_new(old: str, new: str) -> bool:
    found = compare(access_of([read_policy(new, "new.json")]), access_of([read_policy(old, "old.json")]))
    return found.answer is ComparisonAnswer.NO_NEW_ACCESS


def test_safe_fixes_alone_are_made_by_default():
    text = STATEMENT.format('["s3:GetObject", "s3:PutObjekt", "s3:Get*"]', '"arn:aws:s3:::b/*"')
    assert mended_text(text).text == text.replace('"s3:GetObject", ', "")


def test_all_fixes_are_made_when_asked_for():
    text = STATEMENT.format('["s3:GetObject", "s3:PutObjekt", "s3:Get*"]', '"arn:aws:s3:::b/*"')
    assert mended_text(text, unsafe=True).text == STATEMENT.format('["s3:PutObject", "s3:Get*"]', '"arn:aws:s3:::b/*"')


def test_fixes_that_touch_each_other_are_made_one_after_the_other():
    text = STATEMENT.format('["s3:GetObject", "s3:GetBucketAcl", "s3:Get*"]', '"*"')
    assert json.loads(mended_text(text).text)["Statement"][0]["Action"] == ["s3:Get*"]


def test_fixes_without_a_proof_are_made_at_once_and_no_text_is_parsed_twice():
    parsed = []

    def parse(text):
        parsed.append(text)
        return read(text)

    text = STATEMENT.format('["s3:GetObjekt", "s3:PutObjekt", "sqs:SendMesage"]', '"arn:aws:s3:::b/*"')
    fixed = mend.apply_fixes(text, parse, RuleSelection(frozenset({"unknown-action"})), TODAY, unsafe=True)
    assert len(fixed.applied) == 3
    assert parsed == [text, fixed.text]


def test_a_text_without_faults_stays_as_it_is():
    text = STATEMENT.format('"s3:GetObject"', '"arn:aws:s3:::b/*"')
    found = mended_text(text, unsafe=True)
    assert (found.text, found.applied) == (text, ())


def test_a_text_that_cannot_be_read_stays_as_it_is():
    assert mended_text('{"Statement": [', unsafe=True).text == '{"Statement": ['


def test_a_second_run_changes_nothing():
    text = STATEMENT.format('["s3:GetObject", "s3:GetObjekt", "s3:Get*"]', '["*", "arn:aws:s3:::b/*"]')
    once = mended_text(text, unsafe=True).text
    assert mended_text(once, unsafe=True).text == once


TEMPLATE = """\
Resources:
  Policy:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:{}
        Statement:
        - Effect: Allow
          Action: s3:GetObject
          Resource: !Sub "{}"
"""
DENY = """\
        - Effect: Deny
          Action: s3:GetObject
          Resource: {}
"""


@pytest.mark.parametrize("version", ["", "\n        Version: '2008-10-17'", "\n        Version: '2012-10-17'"])
@pytest.mark.parametrize(
    ("allowed", "denied"),
    [
        ("${Bucket.Arn}/*", "arn:aws:s3:::bucket/*"),
        ("${Everything}", "arn:aws:s3:::bucket/*"),
        ("arn:aws:s3:::${Bucket}/*", "arn:aws:s3:::bucket/x"),
        ("arn:aws:s3:::bucket${Suffix}/*", "arn:aws:s3:::bucket/*"),
        ("arn:${AWS::Partition}:s3:::bucket/*", "arn:aws-cn:s3:::bucket/*"),
    ],
)
def test_a_deny_is_not_taken_for_idle_when_a_deployment_decides_what_it_meets(version, allowed, denied):
    old, new = (
        read(TEMPLATE.format(version, allowed) + deny, "template.yaml").policies[0]
        for deny in (DENY.format(denied), "")
    )
    assert not mend.is_proved_no_new_access(old, new)


def test_two_statements_that_cover_each_other_do_not_both_go():
    statement = '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}'
    text = f'{{"Version": "2012-10-17", "Statement": [{statement}, {statement}]}}'
    assert len(json.loads(mended_text(text).text)["Statement"]) == 1


def test_a_deny_is_not_weakened():
    deny = '{"Effect": "Deny", "Action": ["s3:GetObject", "s3:Get*"], "Resource": "*"}'
    text = f'{{"Version": "2012-10-17", "Statement": [{deny}, {deny}]}}'
    (left,) = json.loads(mended_text(text).text)["Statement"]
    assert left == {"Effect": "Deny", "Action": ["s3:Get*"], "Resource": "*"}


def _example() -> str:
    from architecture.source_tree import ROOT

    return (ROOT / EXAMPLE / "policy.json").read_text(encoding="utf-8")


def test_the_blog_posts_policy_goes_in_broken_and_comes_out_right():
    mended = mended_text(_example(), unsafe=True, Region="eu-west-1", Account="123456789012").text
    policy = json.loads(mended)
    assert [each["Sid"] for each in policy["Statement"]] == ["ReadImages", "WriteExifData", "WriteLogs"]
    assert policy["Statement"][1]["Action"] == ["dynamodb:PutItem"]
    assert policy["Statement"][1]["Resource"] == "arn:aws:dynamodb:eu-west-1:123456789012:table/exifDataTable"
    assert linted(mended).findings == ()


def test_the_blog_posts_policy_then_says_what_the_example_needs():
    from architecture.source_tree import ROOT

    mended = mended_text(_example(), unsafe=True, Region="eu-west-1", Account="123456789012").text
    needed = (ROOT / "examples" / "exif-pipeline" / "expected" / "policy.json").read_text(encoding="utf-8")
    assert grants_nothing_new(needed, mended)
    assert grants_nothing_new(mended, needed)


def test_safe_fixes_of_awss_managed_policies_are_all_made_and_proved():
    fixable = 0
    for name, text in list(managed_policies().items())[::12]:
        if any(each.fix and each.fix.safe for each in linted(text).findings):
            fixable += 1
            found = mended_text(text)
            assert found.unproved == (), name
            assert grants_nothing_new(text, found.text), name
            assert not [each for each in linted(found.text).findings if each.fix and each.fix.safe], name
    assert fixable >= 5


def test_comments_order_and_line_ends_of_yaml_are_kept():
    text = (
        "# why\r\nVersion: '2012-10-17'\r\nStatement:\r\n- Effect: Allow # all of it\r\n  Action:\r\n"
        "  - s3:GetObject # one\r\n  - s3:Get*\r\n  Resource: arn:aws:s3:::b/*\r\n"
    )
    assert mended_text(text, "p.yaml").text == text.replace("  - s3:GetObject # one\r\n", "")


def test_rules_of_is_a_list_of_slugs():
    assert rules_of(linted(STATEMENT.format('"s3:GetObjekt"', '"arn:aws:s3:::b/*"'))) == ["unknown-action"]
