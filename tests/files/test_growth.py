"""`lint --unsafe-fixes` says for each file when access grew, and how; and when that is not known."""

from __future__ import annotations

import pytest
from files.runs import FAULTY, document, run

TYPO = document(["s3:GetObject", "s3:PutObjekt"])
TEMPLATE = """\
Resources:
  Managed:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Action: s3:PutObjekt
            Resource: !Sub "${Bucket.Arn}/*"
"""
GREW = "allows more access after the unsafe fixes"
UNKNOWN = "cannot decide whether the unsafe fixes allow more access"


@pytest.mark.parametrize("more", [(), ("--diff",)])
def test_what_a_file_allows_now_and_did_not_before_is_shown(tmp_path, more):
    (tmp_path / "p.json").write_text(TYPO)
    (tmp_path / "same.json").write_text(FAULTY)
    ended = run(("lint", "--fix", "--unsafe-fixes", *more, "p.json", "same.json"), tmp_path)
    assert f"note: p.json {GREW}:\n" in ended.stderr
    assert "+ allow   s3:PutObject\n    on      arn:aws:s3:::pictures/*\n" in ended.stderr
    assert "s3:GetObject\n" not in ended.stderr
    assert "same.json" not in ended.stderr
    assert ended.stderr.count(GREW) == 1


def test_safe_fixes_say_nothing_of_it(tmp_path):
    (tmp_path / "p.json").write_text(FAULTY)
    ended = run(("lint", "--fix", "p.json"), tmp_path)
    assert GREW not in ended.stderr
    assert UNKNOWN not in ended.stderr


def test_what_is_not_known_before_deployment_is_no_proof_that_access_did_not_grow(tmp_path):
    (tmp_path / "t.yaml").write_text(TEMPLATE)
    ended = run(("lint", "--fix", "--unsafe-fixes", "t.yaml"), tmp_path)
    assert "fixed 1" in ended.stderr
    assert f"note: {UNKNOWN}: t.yaml: Managed: it depends on the values of deployment parameters" in ended.stderr


def test_of_a_policy_that_was_malformed_what_it_allows_now_is_shown(tmp_path):
    (tmp_path / "p.json").write_text(TYPO.replace("Allow", "allow"))
    ended = run(("lint", "--fix", "--unsafe-fixes", "p.json"), tmp_path)
    assert "+ allow   s3:GetObject\n            s3:PutObject\n" in ended.stderr


def test_of_a_long_difference_the_first_statements_are_shown(tmp_path):
    statements = ",".join(TYPO[TYPO.index("[") + 1 : TYPO.rindex("]")].replace("pictures", f"b{at}") for at in range(9))
    (tmp_path / "p.json").write_text(f'{{"Version": "2012-10-17", "Statement": [{statements}]}}')
    ended = run(("lint", "--fix", "--unsafe-fixes", "p.json"), tmp_path)
    assert ended.stderr.count("+ allow") == 3
    assert "and 6 more statements" in ended.stderr
