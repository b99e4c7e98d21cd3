"""Laws of access sets, and agreement with the evaluation of single requests."""

from hypothesis import HealthCheck, Phase, given, settings
from support.access_strategies import POOL, REQUESTS, accesses, policies
from support.floors import counts, floor

from iamglue.catalog.services import find_service
from iamglue.engine.evaluate.identity_evaluation import evaluate, prepare_policies
from iamglue.engine.solve.access import EVERYTHING, NOTHING, access_of, access_of_statement
from iamglue.engine.solve.comparison import ComparisonAnswer, compare
from iamglue.engine.solve.proof import Verdict, prove_empty
from iamglue.policy.model import allow_statement

# Failing pairs are small enough to read without shrinking, which takes minutes.
SLOW = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


def empty(access):
    verdict = prove_empty(access).verdict
    counts(verdict is not Verdict.UNKNOWN)
    return verdict


def equal(access, other_access):
    """Neither access is proved to contain a request that the other does not."""
    return Verdict.NON_EMPTY not in (empty(access - other_access), empty(other_access - access))


@floor(0.5)
@SLOW
@given(policies())
def test_membership_agrees_with_the_evaluator(policy):
    access, prepared = access_of([policy]), prepare_policies([policy])
    for request in POOL:
        contained, decision = access.contains(request), evaluate(prepared, request)
        if counts(contained is not None and decision.decision != "unknown"):
            assert contained is decision.allowed


@floor(0.1)
@SLOW
@given(accesses(), accesses())
def test_no_request_contradicts_no_new_access(new, old):
    if counts(compare(new, old).answer is ComparisonAnswer.NO_NEW_ACCESS):
        assert not [request for request in POOL if new.contains(request) is True and old.contains(request) is False]


@floor(0.1)
@SLOW
@given(accesses(conditions=(3, 5)), accesses(conditions=(3, 5)))
def test_no_request_contradicts_no_new_access_with_many_conditions(new, old):
    if counts(compare(new, old).answer is ComparisonAnswer.NO_NEW_ACCESS):
        assert not [request for request in POOL if new.contains(request) is True and old.contains(request) is False]


@floor(0.1)
@SLOW
@given(accesses(), accesses())
def test_a_witness_is_in_the_new_access_and_not_in_the_old(new, old):
    comparison = compare(new, old)
    if counts(comparison.witness is not None):
        assert new.contains(comparison.witness) is True
        assert old.contains(comparison.witness) is False
        assert comparison.allowed_by


@floor(0.5)
@SLOW
@given(accesses())
def test_an_access_has_no_new_access_over_itself(access):
    answer = compare(access, access).answer
    counts(answer is not ComparisonAnswer.UNKNOWN)
    assert answer is not ComparisonAnswer.NEW_ACCESS


@floor(0.5)
@SLOW
@given(accesses(variables=False))
def test_an_access_without_variables_equals_itself(access):
    assert empty(access - access) is Verdict.EMPTY


@floor(0.5)
@SLOW
@given(accesses(), accesses())
def test_a_union_contains_both_parts(first, second):
    assert empty(first - (first | second)) is not Verdict.NON_EMPTY
    assert empty(second - (first | second)) is not Verdict.NON_EMPTY


@floor(0.5)
@SLOW
@given(accesses(), accesses())
def test_an_intersection_is_in_both_parts(first, second):
    assert empty((first & second) - first) is not Verdict.NON_EMPTY
    assert empty((first & second) - second) is not Verdict.NON_EMPTY


@floor(0.5)
@SLOW
@given(accesses(), accesses())
def test_a_difference_is_disjoint_from_the_subtracted_access(first, second):
    assert empty((first - second) & second) is not Verdict.NON_EMPTY


@floor(0.5)
@SLOW
@given(accesses(), accesses())
def test_difference_and_intersection_together_are_the_whole(first, second):
    assert equal((first - second) | (first & second), first)


@floor(0.5)
@SLOW
@given(accesses(), accesses())
def test_de_morgan(first, second):
    assert equal(~(first | second), ~first & ~second)
    assert equal(~(first & second), ~first | ~second)


@floor(0.5)
@SLOW
@given(accesses(), accesses(), accesses())
def test_intersection_distributes_over_union(first, second, third):
    assert equal(first & (second | third), (first & second) | (first & third))


@floor(0.5)
@SLOW
@given(accesses(), accesses())
def test_operations_agree_with_membership(first, second):
    for request in POOL:
        a, b = first.contains(request), second.contains(request)
        if not counts(a is not None and b is not None):
            continue
        assert (first | second).contains(request) is (a or b)
        assert (first & second).contains(request) is (a and b)
        assert (first - second).contains(request) is (a and not b)
        assert (~first).contains(request) is (not a)


@floor(0.1)
@SLOW
@given(accesses())
def test_an_empty_access_contains_no_request(access):
    if counts(prove_empty(access).verdict is Verdict.EMPTY):
        assert not [request for request in POOL if access.contains(request) is True]


@given(REQUESTS)
def test_membership_in_nothing_and_everything(request):
    assert NOTHING.contains(request) is False
    assert EVERYTHING.contains(request) is True


def test_nothing_is_empty_and_everything_is_not():
    assert empty(NOTHING) is Verdict.EMPTY
    assert empty(EVERYTHING) is Verdict.NON_EMPTY


def test_the_complement_of_everything_is_empty():
    assert empty(~EVERYTHING) is Verdict.EMPTY


def test_an_unused_name_is_found_if_the_shortest_name_exists():
    old = access_of_statement(allow_statement(("s3:GetObject",), ("*",)))
    new = access_of_statement(allow_statement(("s3:GetObject*",), ("*",)))
    names = tuple(str(action) for action in find_service("s3").actions.values())
    today = access_of_statement(allow_statement(names, ("*",)))
    assert compare(new, old | today).future_only
