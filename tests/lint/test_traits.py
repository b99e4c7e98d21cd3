from __future__ import annotations

import json

import pytest
from lint.case_texts import said

from iamglue.lint import experience
from iamglue.lint.experience import Experience
from iamglue.lint.traits import finer, may_take_back, traits
from iamglue.policy.document import read_policy

READ = said("s3:GetObject", "arn:aws:s3:::images/*")
DENY = said("s3:*", "*", "Deny")
NOTHING: frozenset[str] = frozenset()


def text_of(*statements, **more):
    return json.dumps({"Version": "2012-10-17", **more, "Statement": list(statements)}, ensure_ascii=False)


def of(*statements, **more):
    text = text_of(*statements, **more)
    return traits(read_policy(text, "policy.json"), text)


@pytest.mark.parametrize(
    "other",
    [
        said("s3:GetObject", "arn:aws:s3:::orders/*"),
        said("s3:GetObject", ["arn:aws:s3:::orders/*", "arn:aws:s3:::thumbs-2/*"]),
        said("s3:GetObject", "arn:aws:s3:::orders/*", Sid="Orders"),
    ],
)
def test_statements_that_say_the_same_of_other_names_have_the_same_traits(other):
    assert of(other) == of(READ)


@pytest.mark.parametrize(
    "other",
    [
        said("s3:PutObject", "arn:aws:s3:::images/*"),
        said("s3:GetObject", "arn:aws:s3:::images/*", "Deny"),
        said("s3:GetObject", "arn:aws:s3:::images"),
        said("s3:GetObject", "arn:aws-cn:s3:::images/*"),
        said("s3:GetObject", "arn:aws:s3:::images/*", Sid="two words"),
        said("s3:GetObject", None, NotResource="arn:aws:s3:::images/*"),
        said(None, "arn:aws:s3:::images/*", NotAction="s3:GetObject"),
        said("s3:GetObject", "arn:aws:s3:::images/*", Condition={"Bool": {"aws:SecureTransport": "true"}}),
    ],
)
def test_statements_that_say_other_things_have_other_traits(other):
    assert of(other) not in (None, of(READ))


def test_the_version_is_of_each_trait_that_it_matters_to():
    assert set(of(READ)[0]).isdisjoint(set(of(READ, Version="2008-10-17")[0][:2]))


@pytest.mark.parametrize(
    ("statements", "more"),
    [
        ([], {}),
        ([{**READ, "Sid": "A"}, {**READ, "Sid": "A"}], {}),
        ([{**READ, "Sid": 'A"B'}], {}),
        ([READ], {"Id": "d\u00e9j\u00e0"}),
        ([said([], "*")], {}),
        ([said("s3:GetObject", None, Principal="*")], {}),
        ([said(Condition={"Bool": {"aws:SecureTransport": False}})], {}),
        ([said(Condition={"StringEquals": {}})], {}),
        ([said(Condition={"StringEquals": {"aws:a": "b"}, "stringequals": {"aws:b": "c"}})], {}),
        ([said("s3:GetObject", [f"arn:aws:s3:::images-{at}/*" for at in range(400)])], {}),
    ],
)
def test_documents_of_which_more_than_traits_decides_have_none(statements, more):
    assert of(*statements, **more) is None


def test_a_document_without_a_version_has_none():
    text = json.dumps({"Statement": READ})
    assert traits(read_policy(text, "policy.json"), text) is None


@pytest.mark.parametrize(
    "other",
    [
        {**DENY, "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        said("ec2:*", "*", "Deny"),
    ],
)
def test_a_deny_that_cannot_take_back_a_statement_is_like_any_other(other):
    assert of(READ, other) == (*of(READ), *of(other))
    assert not _may_take_back(READ, other)


@pytest.mark.parametrize("deny", [DENY, said(None, "*", "Deny", NotAction="ec2:*")])
def test_a_deny_of_the_same_services_may_take_back_a_statement(deny):
    assert _may_take_back(READ, deny)


def _may_take_back(*statements):
    return may_take_back(read_policy(json.dumps({"Statement": statements}), "policy.json").statements)


def test_a_statement_is_divided_into_its_actions():
    both, first, second = (
        of(said(each, "arn:aws:s3:::a/*")) for each in (["s3:Get*", "s3:Put*"], "s3:Get*", "s3:Put*")
    )
    (together,), (one,), (other,) = both, first, second
    assert finer(together[1]) == (one[1], other[1])
    assert {*finer(together[0])} == {*finer(one[0]), *finer(other[0])}


@pytest.mark.parametrize(
    ("statement", "which"),
    [
        (said(None, "*", NotAction=["s3:Get*", "s3:Put*"]), (0, 1)),
        (said(["s3:GetObject", "s3:ListBucket"], ["arn:aws:s3:::images", "arn:aws:s3:::images/*"]), (1,)),
        (said(["sts:AssumeRole", "sts:TagSession"], Condition={"StringEquals": {"aws:RequestTag/a": "b"}}), (0,)),
    ],
)
def test_actions_that_matter_together_are_not_divided(statement, which):
    (found,) = of(statement)
    assert [finer(found[at]) for at in which] == [()] * len(which)


def test_nothing_is_known_before_it_is_learned():
    assert Experience().rules(of(READ)[0]) is None


def test_what_is_known_of_each_action_is_known_of_several():
    known = Experience()
    for action in ("s3:GetObject", "s3:PutObject"):
        known.learn(of(said(action, "arn:aws:s3:::images/*"))[0], NOTHING)
    assert known.rules(of(said(["s3:PutObject", "s3:GetObject"], "arn:aws:s3:::orders/*"))[0]) == NOTHING
    assert known.rules(of(said(["s3:PutObject", "s3:ListBucket"], "arn:aws:s3:::orders/*"))[0]) is None


def test_a_rule_that_finds_nothing_elsewhere_is_not_because_of_what_is_alike():
    known = Experience()
    bad = said("s3:GetObject", ["arn:aws:s3:::images/*", "arn:aws:s3:::images"])
    known.learn(of(bad)[0], frozenset({"some-rule"}))
    known.learn(of(said("s3:PutObject", ["arn:aws:s3:::images/*", "arn:aws:s3:::images"]))[0], NOTHING)
    assert known.rules(of(bad)[0]) == frozenset({"some-rule"})
    assert known.rules(of(said("s3:PutObject", ["arn:aws:s3:::a1/*", "arn:aws:s3:::a1"]))[0]) == NOTHING


def test_not_more_is_remembered_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr(experience, "_MOST", 20)
    known = Experience()
    for number in range(60):
        known.learn(of(said(f"s3:Get{number}", "arn:aws:s3:::images/*"))[0], NOTHING)
    assert len(known._known) < 40
