"""Step budgets: work ends with its budget, and results do not depend on earlier questions."""

from __future__ import annotations

import json

import pytest
from bench.nasty_policies import pairs
from hypothesis import given
from support.access_strategies import POOL, accesses
from support.floors import counts, floor

from iamglue.engine.solve import diff_entries, narrowing, proof
from iamglue.engine.solve.access import access_of, deduplicate_terms
from iamglue.engine.solve.budget import EXHAUSTED_REASON, Exhausted, budgeted_cache, spend, step_budget
from iamglue.engine.solve.comparison import ComparisonAnswer, compare
from iamglue.engine.solve.decomposition import decompose_access
from iamglue.engine.solve.diff_entries import find_access_diff
from iamglue.engine.solve.proof import Verdict, prove_empty
from iamglue.policy.document import read_policy

NASTY = pairs()
# A quarter of the budgets in use: what a step may exceed is then four times as large a part, and the tests are quick.
# `make bench` compares the same policies with the budgets in use.
PROOF_STEPS, DIFF_STEPS, DIFF_PROOF_STEPS = 200_000, 150_000, 18_750


@pytest.fixture
def small_budgets(monkeypatch):
    monkeypatch.setattr(proof, "PROOF_STEPS", PROOF_STEPS)
    monkeypatch.setattr(diff_entries, "DIFF_STEPS", DIFF_STEPS)
    monkeypatch.setattr(narrowing, "DIFF_PROOF_STEPS", DIFF_PROOF_STEPS)


def sides(name):
    old, new = NASTY[name]()
    return [access_of([read_policy(json.dumps(document), "policy.json") for document in side]) for side in (new, old)]


def test_spending_more_than_the_budget_raises():
    with step_budget(3):
        spend(3)
        with pytest.raises(Exhausted):
            spend()


def test_an_inner_budget_is_limited_by_the_outer_one_and_charged_to_it():
    with step_budget(10) as outer:
        spend(4)
        with step_budget(100) as inner:
            assert inner.remaining == 6
            spend(5)
        assert outer.spent == 9


def test_a_cached_result_is_charged_again():
    calls = []

    @budgeted_cache(100)
    def work(number):
        calls.append(number)
        spend(number)

    with step_budget(1000) as spent:
        work(20)
        work(20)
    assert (calls, spent.spent) == ([20], 40)


def test_a_truncated_result_is_not_reused_for_a_larger_budget():
    @budgeted_cache(1000)
    def reached(_):
        steps = 0
        try:
            while steps < 100:
                spend()
                steps += 1
        except Exhausted:
            pass
        return steps

    with step_budget(40):
        assert reached(0) == 8
    with step_budget(4000):
        assert reached(0) == 100
    with step_budget(40):
        assert reached(0) == 8


@pytest.mark.usefixtures("small_budgets")
@pytest.mark.parametrize("name", sorted(NASTY))
def test_a_comparison_stays_within_its_budget(name):
    new, old = sides(name)
    with step_budget(1 << 40) as spent:
        result = compare(new, old)
    # The last step may exceed the budget, by at most a quarter of it.
    assert spent.spent <= 1.25 * PROOF_STEPS
    assert result.answer is not ComparisonAnswer.UNKNOWN or result.reason


@pytest.mark.usefixtures("small_budgets")
@pytest.mark.parametrize("name", ["other statements of four globs", "globs denied", "everything at once"])
def test_a_diff_stays_within_its_budget(name):
    new, old = sides(name)
    with step_budget(1 << 40) as spent:
        find_access_diff(new, old)
    assert spent.spent <= 1.25 * DIFF_STEPS


def test_an_exhausted_proof_is_unknown_with_a_reason(monkeypatch):
    monkeypatch.setattr(proof, "PROOF_STEPS", 2_000)
    new, old = sides("globs denied")
    result = prove_empty(new - old)
    assert result.verdict is Verdict.UNKNOWN
    assert EXHAUSTED_REASON in result.reason or "too many" in result.reason


@pytest.mark.usefixtures("small_budgets")
def test_keys_need_not_agree_in_any_pass_of_a_proof_with_any_context(monkeypatch):
    monkeypatch.setattr(proof, "FIRST_PASS_STEPS", 100)
    caller = {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/r", "aws:PrincipalAccount": "222222222222"}
    statement = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*", "Condition": {"StringEquals": caller}}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    result = prove_empty(access_of([read_policy(document, "policy.json")]), any_context=True)
    assert (result.verdict, result.reason) == (Verdict.NON_EMPTY, "")


def test_an_exhausted_diff_lists_undecided_statements():
    new, old = sides("twenty policies of globs")
    result = find_access_diff(new, old)
    assert result.not_evaluated
    assert any(EXHAUSTED_REASON in reason for reason in result.reasons)


@pytest.mark.usefixtures("small_budgets")
def test_results_do_not_depend_on_earlier_questions():
    new, old = sides("question marks against a few")
    first = prove_empty(new - old)
    for name in ("question marks", "globs denied", "many globs of one key"):
        compare(*sides(name))
    assert prove_empty(new - old) == first


@floor(0.01)
@given(accesses(), accesses())
def test_the_union_of_the_parts_is_the_access(new, old):
    access = deduplicate_terms(new - old)
    parts = decompose_access(access)
    for request in POOL:
        whole = access.contains(request)
        members = [part.contains(request) for part in parts]
        if counts(whole is True):
            assert any(is_member is not False for is_member in members)
        if counts(whole is False):
            assert True not in members


def test_shared_statements_are_removed_from_the_parts():
    new, old = sides("statements of four globs")
    (part,) = decompose_access(deduplicate_terms(new - old))
    helping = [term.statement for term in part.terms if part.polarities[term] > 0]
    assert helping == [new.terms[-1].statement]


def test_a_deny_of_both_sides_is_subtracted_once():
    deny = {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*"}
    allow = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    more = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}
    new, old = (
        access_of([read_policy(json.dumps({"Version": "2012-10-17", "Statement": statements}), "policy.json")])
        for statements in ([allow, more, deny], [allow, deny])
    )
    (part,) = decompose_access(deduplicate_terms(new - old))
    polarities = {term.statement.actions.values[0]: part.polarities[term] for term in part.terms}
    assert polarities == {"s3:PutObject": 1, "s3:*": -1}
