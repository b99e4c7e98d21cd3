"""Work is counted in steps: a question ends with its budget, and says so whatever was asked before."""

from __future__ import annotations

import json

import pytest
from bench.nasty_policies import pairs
from hypothesis import given
from support.access_strategies import POOL, accesses

from iamglue.engine.solve import budget, proof
from iamglue.engine.solve.access import access_of, deduplicate_terms
from iamglue.engine.solve.budget import EXHAUSTED_REASON, Exhausted, budgeted_cache, spend, step_budget
from iamglue.engine.solve.comparison import ComparisonAnswer, compare
from iamglue.engine.solve.decomposition import decompose_access
from iamglue.engine.solve.diff_entries import find_access_diff
from iamglue.engine.solve.proof import Verdict, prove_empty
from iamglue.policy.document import read_policy

NASTY = pairs()


def sides(name):
    old, new = NASTY[name]
    return [access_of([read_policy(json.dumps(document), "policy.json") for document in side]) for side in (new, old)]


def test_work_beyond_the_budget_is_refused():
    with step_budget(3):
        spend(3)
        with pytest.raises(Exhausted):
            spend()


def test_a_budget_inside_another_has_no_more_than_is_left_and_is_charged_to_it():
    with step_budget(10) as around:
        spend(4)
        with step_budget(100) as within:
            assert within.remaining == 6
            spend(5)
        assert around.spent == 9


def test_what_is_remembered_is_charged_again():
    calls = []

    @budgeted_cache(100)
    def work(number):
        calls.append(number)
        spend(number)

    with step_budget(1000) as spent:
        work(20)
        work(20)
    assert (calls, spent.spent) == ([20], 40)


def test_what_was_cut_short_is_not_remembered_for_a_greater_budget():
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


@pytest.mark.parametrize("name", sorted(NASTY))
def test_no_comparison_takes_more_steps_than_its_budget(name):
    new, old = sides(name)
    with step_budget(1 << 40) as spent:
        found = compare(new, old)
    # One step more than the budget ends it; what it is charged for that step is at most a quarter of the budget.
    assert spent.spent <= 1.25 * budget.PROOF_STEPS
    assert found.answer is not ComparisonAnswer.UNKNOWN or found.reason


@pytest.mark.parametrize("name", ["other statements of four globs", "globs denied", "everything at once"])
def test_no_explanation_takes_more_steps_than_its_budget(name):
    new, old = sides(name)
    with step_budget(1 << 40) as spent:
        find_access_diff(new, old)
    assert spent.spent <= 1.25 * budget.DIFF_STEPS


def test_where_the_budget_ends_the_answer_is_unknown_with_its_reason(monkeypatch):
    monkeypatch.setattr(proof, "PROOF_STEPS", 2_000)
    new, old = sides("globs denied")
    found = prove_empty(new - old)
    assert found.verdict is Verdict.UNKNOWN
    assert EXHAUSTED_REASON in found.reason or "too many" in found.reason


def test_an_explanation_that_ends_with_the_budget_names_what_was_not_looked_into():
    new, old = sides("twenty policies of globs")
    found = find_access_diff(new, old)
    assert found.undecided
    assert any(EXHAUSTED_REASON in reason for reason in found.reasons)


def test_answers_do_not_depend_on_what_was_asked_before():
    new, old = sides("question marks against a few")
    first = prove_empty(new - old)
    for name in ("question marks", "globs denied", "many globs of one key"):
        compare(*sides(name))
    assert prove_empty(new - old) == first


@given(accesses(), accesses())
def test_parts_hold_together_what_the_access_holds(new, old):
    access = deduplicate_terms(new - old)
    parts = decompose_access(access)
    for request in POOL:
        whole = access.contains(request)
        held = [part.contains(request) for part in parts]
        if whole is True:
            assert any(each is not False for each in held)
        if whole is False:
            assert True not in held


def test_only_the_statement_that_is_not_on_both_sides_is_looked_at():
    new, old = sides("statements of four globs")
    (part,) = decompose_access(deduplicate_terms(new - old))
    helping = [leaf.statement for leaf in part.terms if part.polarities[leaf] > 0]
    assert helping == [new.terms[-1].statement]


def test_a_deny_of_both_sides_is_taken_away_once():
    deny = {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*"}
    allow = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    more = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}
    new, old = (
        access_of([read_policy(json.dumps({"Version": "2012-10-17", "Statement": each}), "policy.json")])
        for each in ([allow, more, deny], [allow, deny])
    )
    (part,) = decompose_access(deduplicate_terms(new - old))
    signs = {leaf.statement.actions.values[0]: part.polarities[leaf] for leaf in part.terms}
    assert signs == {"s3:PutObject": 1, "s3:*": -1}
