"""Fixes of policies in SAM templates never break the template: what SAM accepted, it still accepts."""

from __future__ import annotations

import json
from functools import lru_cache
from itertools import product

import pytest
import yaml
from support.cfn_lint import cfn_lint_rules
from support.linting import mended_text
from support.rows import check_every
from support.sam import translate
from support.sam_corpus import arn, sam_corpus, with_function, with_machine

FLAWED = [
    {"Statement": [{"Effect": "Allow", "Action": ["s3:GetObjet", "s3:GetObject"], "Resource": "arn:aws:s3:::a/*"}]},
    {
        "Version": "2012-10-18",
        "Statement": [{"Effect": "allow", "Action": "sqs:SendMessage", "Resource": arn("Queue")}],
    },
    {"Statement": [{"Effect": "Allow", "Action": ["S3:getobject", "s3:*"], "Resource": ["arn:aws:s3:::a/*", "*"]}]},
    {"Statement": [{"Sid": "a b", "Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": {"Ref": "Table"}}]},
    {
        "Statement": [
            {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*"},
            {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*"},
        ]
    },
]
TEMPLATES = {
    **sam_corpus(),
    **{
        f"flawed {number}": with_function(Policies=[policy, "AWSLambdaExecute"]) for number, policy in enumerate(FLAWED)
    },
    "flawed together": with_function(Policies=[*FLAWED, {"KMSEncryptPolicy_v2": {"KeyId": "k"}}]),
    "flawed in a condition": with_function(Policies=[{"Fn::If": ["IsProduction", FLAWED[0], {"Ref": "AWS::NoValue"}]}]),
    "flawed of a state machine": with_machine(Policies=FLAWED),
    "flawed as the only one": with_function(Policies=FLAWED[0]),
}
_OF_POLICIES = ("Policies", "PolicyDocument", "AssumeRolePolicyDocument")


def without_policies(data):
    if isinstance(data, dict):
        return {key: without_policies(value) for key, value in data.items() if key not in _OF_POLICIES}
    return [without_policies(item) for item in data] if isinstance(data, list) else data


WRITERS = {
    "template.yaml": lambda data: yaml.safe_dump(data, sort_keys=False),
    "template.json": lambda data: json.dumps(data, indent=2),
}


# A text is translated once for safe and for all fixes, which are often the same.
@lru_cache(maxsize=8)
def translated_without_policies(text):
    return without_policies(translate(yaml.load(text, yaml.CSafeLoader)))


def test_a_fixed_template_translates_to_the_same_but_for_its_policies():
    changed = 0

    def check(row):
        nonlocal changed
        name, path = row
        text = WRITERS[path](TEMPLATES[name])
        fixed = {mended_text(text, path, unsafe=unsafe).text for unsafe in (False, True)} - {text}
        changed += bool(fixed)
        assert all(translated_without_policies(item) == translated_without_policies(text) for item in fixed)

    check_every(product(TEMPLATES, WRITERS), check)
    assert changed > 20


@pytest.mark.parametrize("path", WRITERS)
@pytest.mark.parametrize("name", [name for name in TEMPLATES if name.startswith("flawed")])
def test_fixes_are_made_in_the_documents_of_a_sam_template(name, path):
    text = WRITERS[path](TEMPLATES[name])
    assert mended_text(text, path, unsafe=True).text != text


@pytest.mark.parametrize("name", ["flawed together", "flawed of a state machine", "flawed in a condition"])
def test_cfn_lint_has_nothing_new_to_say_of_a_fixed_template(name):
    text = WRITERS["template.yaml"](TEMPLATES[name])
    before, after = (
        set(cfn_lint_rules(version)) for version in (text, mended_text(text, "template.yaml", unsafe=True).text)
    )
    assert after <= before
