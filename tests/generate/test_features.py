"""Each feature gets all that AWS evaluates when functions use it, and no more."""

from __future__ import annotations

from dataclasses import replace

import pytest
from generate.features import FEATURES, Feature, permission_set, policies, policy_text, spec_text
from support.judge import ALLOWED, NOT_ALLOWED, verdict

from iamglue.formats.policies.renderer import render_permission_sets
from iamglue.generate.prove import prove, prove_calls
from iamglue.readers.spec.reader import parse_spec

features = pytest.mark.parametrize("feature", FEATURES, ids=[item.name for item in FEATURES])


@features
def test_the_policy_is_the_expected_one(feature: Feature) -> None:
    assert policy_text(feature) == feature.expected.read_text(encoding="utf-8")


@features
def test_the_policy_allows_the_requests_that_aws_evaluates(feature: Feature) -> None:
    assert feature.allowed
    assert [request for request in feature.allowed if verdict(policies(feature), request) != ALLOWED] == []


@features
def test_the_policy_allows_no_request_beside_them(feature: Feature) -> None:
    assert feature.denied
    assert [request for request in feature.denied if verdict(policies(feature), request) != NOT_ALLOWED] == []


@features
def test_the_notes_say_what_else_is_needed(feature: Feature) -> None:
    notes = permission_set(feature).notes
    assert len(notes) == len(feature.notes), notes
    assert [text for text, note in zip(feature.notes, notes, strict=True) if text not in note] == []


@features
def test_every_line_of_the_proof_holds(feature: Feature) -> None:
    (function,) = parse_spec(spec_text(feature), "spec.yaml").functions
    lines = prove(function, permission_set(feature)).lines
    assert [line for line in lines if line.holds is not True] == []


@features
def test_a_call_fails_without_any_statement(feature: Feature) -> None:
    (function,) = parse_spec(spec_text(feature), "spec.yaml").functions
    whole = permission_set(feature)
    (named,) = whole.policies
    for statement in named.policy.statements:
        rest = tuple(kept for kept in named.policy.statements if kept is not statement)
        policies = (replace(named, policy=replace(named.policy, statements=rest)),)
        lines = prove_calls(function, replace(whole, policies=policies), {})
        assert any(line.holds is False for line in lines), statement.sid


@features
@pytest.mark.parametrize("format_name", ["yaml", "cloudformation", "sam", "terraform", "serverless", "aws-cli"])
def test_every_format_writes_it(feature: Feature, format_name: str) -> None:
    text = render_permission_sets((permission_set(feature),), format_name)
    assert [request.action for request in feature.allowed if request.action not in text] == []
