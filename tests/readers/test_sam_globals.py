"""`Globals` of SAM templates: what they take is in effect for each resource, what SAM refuses is not."""

from __future__ import annotations

import json

import pytest
from support.reading_policies import read
from support.sam import account_of, function, role_named, sam_template, translate

from iamglue.catalog.maintain.refresh_sam import sam_globals
from iamglue.catalog.sam_globals import global_properties

ADMIN = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
REFUSED = [
    ({"Function": {"Policies": [ADMIN]}}, "Globals.Function.Policies"),
    ({"Function": {"Role": "arn:aws:iam::123456789012:role/x"}}, "Globals.Function.Role"),
    ({"StateMachine": {"Policies": [ADMIN]}}, "Globals.StateMachine.Policies"),
    ({"Bucket": {"Policy": ADMIN}}, "Globals.Bucket"),
]


@pytest.mark.parametrize(("section", "path"), REFUSED)
def test_what_sam_refuses_in_globals_is_reported_and_not_in_effect(section, path):
    template = sam_template({"Worker": function()}, Globals=section)
    file, account = read(json.dumps(template), "template.json"), account_of(template)
    assert file.policies == ()
    for gaps in (file.not_evaluated, account.gaps):
        assert [gap.subject.name for gap in gaps] == [path]
    assert [policy.name for policy in role_named(account, "WorkerRole").policies] == ["AWSLambdaBasicExecutionRole"]


@pytest.mark.parametrize(("section", "path"), REFUSED)
def test_the_translator_refuses_it_too(section, path):
    with pytest.raises(Exception, match=path.rpartition(".")[2]):
        translate(sam_template({"Worker": function()}, Globals=section))


def test_lint_reads_a_trust_policy_of_globals_once():
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]}
    globals_ = {"Function": {"AssumeRolePolicyDocument": trust}}
    template = sam_template({"A": function(), "B": function()}, Globals=globals_)
    assert [policy.name for policy in read(json.dumps(template), "template.json").policies] == ["Globals.Function"]


def test_the_table_of_globals_is_that_of_the_translator():
    assert {section: list(global_properties(section)) for section in sam_globals()} == sam_globals()
