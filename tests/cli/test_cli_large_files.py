"""Files far beyond AWS's quotas: looked at in linear work, or refused with the limit that they pass."""

from __future__ import annotations

import json

import pytest
from support.linting import read

from iamglue.catalog.limits import KEY_POLICY_SIZE
from iamglue.lint.rules.statements import redundant_statement
from iamglue.policy.arns import resource_covers

ALLOW = {"Effect": "Allow", "Action": "s3:GetObject"}


def document(statements):
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def buckets(count):
    return [ALLOW | {"Resource": f"arn:aws:s3:::bucket{at}/*"} for at in range(count)]


def test_a_policy_of_more_than_ten_times_the_largest_quota_is_refused_with_the_limit(iamglue, tmp_path):
    path = tmp_path / "large.json"
    path.write_text(document(buckets(10 * KEY_POLICY_SIZE // 60)))
    result = iamglue("lint", str(path))
    assert result.exit_code == 2
    assert f"the limit is {10 * KEY_POLICY_SIZE:,}" in " ".join(result.stderr.split())


def test_white_space_does_not_count(iamglue, tmp_path):
    path = tmp_path / "spread.json"
    path.write_text(document(buckets(3)) + " " * (11 * KEY_POLICY_SIZE))
    assert iamglue("lint", "--fail-on", "error", str(path)).exit_code == 0


def test_statements_about_other_resources_are_not_compared(monkeypatch):
    compared = 0

    def counted(*arguments):
        nonlocal compared
        compared += 1
        return resource_covers(*arguments)

    monkeypatch.setattr(redundant_statement, "resource_covers", counted)
    assert not list(redundant_statement.check(read(document(buckets(500))).policies[0]))
    assert compared <= 2 * 500


def test_statements_too_many_to_compare_are_said_not_to_be_evaluated(iamglue, tmp_path, monkeypatch):
    monkeypatch.setattr(redundant_statement, "_MAX_PAIRS", 10_000)  # to compare as many as the limit allows takes 7 s
    tagged = [
        ALLOW | {"Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": str(at)}}}
        for at in range(150)
    ]
    path = tmp_path / "wide.json"
    path.write_text(document(tagged))
    result = iamglue("lint", "--select", "redundant-statement", str(path))
    assert result.exit_code == 3
    assert "more than 10,000 pairs of similar statements" in " ".join(result.stdout.split())


@pytest.mark.parametrize("suffix", [".json", ".yaml"])
def test_every_key_that_stands_twice_is_found_among_thousands(iamglue, tmp_path, suffix):
    twice = ",".join('"Version": "2012-10-17"' for _ in range(3000))
    path = tmp_path / f"twice{suffix}"
    path.write_text("{" + twice + ', "Statement": []}')
    result = iamglue("lint", "--format", "json", "--select", "duplicate-key", str(path))
    assert len(json.loads(result.stdout)["findings"]) == 2999


def test_thousands_of_suppressions_are_each_used_or_reported(iamglue, tmp_path):
    lines = ["Version: '2012-10-17'", "Statement:"]
    for at in range(500):
        lines += [f"  - Effect: Allow # a comment {at}", "    # iamglue: ignore[unknown-action] known to be wrong"]
        lines += ["    Action: s3:GetObjekt" if at % 2 else "    Action: s3:GetObject", "    Resource: '*'"]
    path = tmp_path / "many.yaml"
    path.write_text("\n".join([*lines, *["# iamglue: ignore[unknown-action] idle"] * 2000, ""]))
    result = iamglue("lint", "--format", "json", "--select", "unknown-action,unused-suppression", str(path))
    found = [finding["rule"] for finding in json.loads(result.stdout)["findings"]]
    assert found == ["unused-suppression"] * (250 + 2000)
