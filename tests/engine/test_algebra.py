"""The algebra of access: laws, and agreement with the evaluation of single requests."""

from hypothesis import HealthCheck, Phase, given, settings
from support.access_strategies import POOL, REQUESTS, accesses, policies

from iamglue.catalog.services import find_service
from iamglue.engine.evaluate.identity_evaluation import evaluate
from iamglue.engine.solve.access import EVERYTHING, NOTHING, access_of
from iamglue.engine.solve.comparison import ComparisonAnswer, compare
from iamglue.engine.solve.proof import Verdict, prove_empty
from iamglue.policy.model import Policy, allow_statement

# A failing pair is small enough to read as it is found; shrinking one takes minutes.
SLOW = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


def empty(access):
    return prove_empty(access).verdict


def equal(one, other):
    """Neither holds anything that the other does not, as far as can be shown."""
    return Verdict.NON_EMPTY not in (empty(one - other), empty(other - one))


@SLOW
@given(policies())
def test_membership_is_what_the_evaluator_says(policy):
    access = access_of([policy])
    for request in POOL:
        held, decision = access.contains(request), evaluate([policy], request)
        if held is not None and decision.decision != "unknown":
            assert held is decision.allowed


@SLOW
@given(accesses(), accesses())
def test_where_nothing_is_new_no_request_is(new, old):
    if compare(new, old).answer is ComparisonAnswer.NO_NEW_ACCESS:
        assert not [each for each in POOL if new.contains(each) is True and old.contains(each) is False]


@SLOW
@given(accesses(conditions=(3, 5)), accesses(conditions=(3, 5)))
def test_where_nothing_is_new_under_many_conditions_no_request_is(new, old):
    if compare(new, old).answer is ComparisonAnswer.NO_NEW_ACCESS:
        assert not [each for each in POOL if new.contains(each) is True and old.contains(each) is False]


@SLOW
@given(accesses(), accesses())
def test_a_witness_is_in_the_new_access_and_not_in_the_old(new, old):
    found = compare(new, old)
    if found.witness is not None:
        assert new.contains(found.witness) is True
        assert old.contains(found.witness) is False
        assert found.allowed_by


@SLOW
@given(accesses())
def test_an_access_holds_nothing_that_it_does_not(access):
    assert compare(access, access).answer is not ComparisonAnswer.NEW_ACCESS


@SLOW
@given(accesses(variables=False))
def test_an_access_without_variables_equals_itself(access):
    assert empty(access - access) is Verdict.EMPTY


@SLOW
@given(accesses(), accesses())
def test_a_union_holds_both(one, other):
    assert empty(one - (one | other)) is not Verdict.NON_EMPTY
    assert empty(other - (one | other)) is not Verdict.NON_EMPTY


@SLOW
@given(accesses(), accesses())
def test_an_intersection_is_in_both(one, other):
    assert empty((one & other) - one) is not Verdict.NON_EMPTY
    assert empty((one & other) - other) is not Verdict.NON_EMPTY


@SLOW
@given(accesses(), accesses())
def test_a_difference_and_what_was_taken_away_have_nothing_in_common(one, other):
    assert empty((one - other) & other) is not Verdict.NON_EMPTY


@SLOW
@given(accesses(), accesses())
def test_a_difference_and_a_union_give_back_the_whole(one, other):
    assert equal((one - other) | (one & other), one)


@SLOW
@given(accesses(), accesses())
def test_de_morgan(one, other):
    assert equal(~(one | other), ~one & ~other)
    assert equal(~(one & other), ~one | ~other)


@SLOW
@given(accesses(), accesses(), accesses())
def test_intersection_distributes_over_union(one, two, three):
    assert equal(one & (two | three), (one & two) | (one & three))


@SLOW
@given(accesses(), accesses())
def test_operations_are_those_of_sets(one, other):
    for request in POOL:
        a, b = one.contains(request), other.contains(request)
        if a is None or b is None:
            continue
        assert (one | other).contains(request) is (a or b)
        assert (one & other).contains(request) is (a and b)
        assert (one - other).contains(request) is (a and not b)
        assert (~one).contains(request) is (not a)


@SLOW
@given(accesses())
def test_an_empty_access_holds_no_request(access):
    if empty(access) is Verdict.EMPTY:
        assert not [each for each in POOL if access.contains(each) is True]


@given(REQUESTS)
def test_nothing_and_everything(request):
    assert NOTHING.contains(request) is False
    assert EVERYTHING.contains(request) is True


def test_nothing_is_empty_and_everything_is_not():
    assert empty(NOTHING) is Verdict.EMPTY
    assert empty(EVERYTHING) is Verdict.NON_EMPTY


def test_the_complement_of_everything_is_empty():
    assert empty(~EVERYTHING) is Verdict.EMPTY


def test_a_name_of_the_future_is_found_where_the_shortest_one_exists():
    old = access_of([Policy((allow_statement(("s3:GetObject",), ("*",)),))])
    new = access_of([Policy((allow_statement(("s3:GetObject*",), ("*",)),))])
    names = tuple(str(action) for action in find_service("s3").actions.values())
    today = access_of([Policy((allow_statement(names, ("*",)),))])
    assert compare(new, old | today).future_only
