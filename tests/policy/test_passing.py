"""Values that go between processes arrive as they were."""

from __future__ import annotations

import copy
import pickle

import pytest

from iamglue.audit.evaluate import RoleEvaluation
from iamglue.findings import Confidence, Finding, NotEvaluated, NotEvaluatedKind, Severity, SourceSpan, Subject

SUBJECT = Subject("role", "r", "arn:aws:iam::123456789012:role/r")
FINDING = Finding(
    "a-rule", Severity.ERROR, "it is wide", SourceSpan("p", 1, pointer="/x"), SUBJECT, Confidence.LOW, sid="s"
)
GAP = NotEvaluated(NotEvaluatedKind.FAILED, SUBJECT, "what", "why")
VALUES = [SUBJECT, FINDING, GAP, RoleEvaluation((FINDING, FINDING), (GAP,), 3, 70, 12, None)]


@pytest.mark.parametrize("value", VALUES, ids=lambda each: type(each).__name__)
def test_a_value_arrives_as_it_was_sent(value):
    assert pickle.loads(pickle.dumps(value, -1)) == value
    assert copy.deepcopy(value) == value


def test_what_is_one_value_before_is_one_value_after():
    first, second = pickle.loads(pickle.dumps(VALUES[3], -1)).findings
    assert first is second
