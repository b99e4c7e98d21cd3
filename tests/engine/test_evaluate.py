"""Evaluation of requests against identity policies, and against statements that name principals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.judge import Request as JudgedRequest
from support.judge import verdict
from support.rows import every_row

from iamglue.engine.evaluate.identity_evaluation import Request, evaluate, prepare_policies
from iamglue.errors import IamglueError
from iamglue.policy.arns import ResourceMatchOptions, ShortArnRule
from iamglue.policy.conditions import Condition, Operator, build_condition
from iamglue.policy.document import policy_data
from iamglue.policy.model import EVERYONE, Effect, MatchList, Policy, Principal, Principals, Statement, allow_statement

ALLOWED, DENIED, EXPLICIT, UNKNOWN = "allowed", "implicitly-denied", "explicitly-denied", "unknown"
OBJECT = "arn:aws:s3:::b/x"
UNKNOWN_CONDITION = Condition(Operator("StringSortsBefore"), "aws:Key", ("a",))


def deny(*actions: str, resources: tuple[str, ...] = ("*",), conditions: tuple[Condition, ...] = ()) -> Statement:
    return Statement(Effect.DENY, MatchList(actions), MatchList(resources), conditions)


def answer(request: Request, *statements: Statement) -> str:
    return evaluate([Policy(statements)], request).decision.value


def request_for(action: str, resource: str = OBJECT, **context: str) -> Request:
    return Request(action, resource, {f"aws:{key}": (value,) for key, value in context.items()})


@pytest.mark.parametrize(
    ("pattern", "action", "expected"),
    [
        ("s3:GetObject", "s3:GetObject", ALLOWED),
        ("S3:getobject", "s3:GetObject", ALLOWED),
        ("s3:GetObject", "S3:GETOBJECT", ALLOWED),
        ("s3:Get*", "s3:GetObject", ALLOWED),
        ("s3:get?bject", "s3:GetObject", ALLOWED),
        ("*", "s3:GetObject", ALLOWED),
        ("*:*", "s3:GetObject", ALLOWED),
        ("s3:Get", "s3:GetObject", DENIED),
        ("s3:Get*Tagging", "s3:GetObject", DENIED),
    ],
)
def test_actions_match_without_case_and_with_wildcards(pattern, action, expected):
    assert answer(request_for(action), allow_statement((pattern,), ("*",))) == expected


def test_not_action_allows_every_other_action_of_every_service():
    statement = Statement(Effect.ALLOW, MatchList(("iam:*", "S3:get*"), negated=True), MatchList(("*",)))
    assert answer(request_for("s3:PutObject"), statement) == ALLOWED
    assert answer(request_for("future:Thing"), statement) == ALLOWED
    assert answer(request_for("IAM:PassRole"), statement) == DENIED
    assert answer(request_for("s3:GetObject"), statement) == DENIED


def test_not_resource_matches_every_other_resource_and_requests_on_none():
    statement = Statement(
        Effect.ALLOW, MatchList(("*",)), MatchList(("arn:aws:s3:::b", "arn:aws:s3:::b/*"), negated=True)
    )
    assert answer(request_for("s3:GetObject", "arn:aws:s3:::c/x"), statement) == ALLOWED
    assert answer(request_for("s3:ListAllMyBuckets", "*"), statement) == ALLOWED
    assert answer(request_for("s3:GetObject", OBJECT), statement) == DENIED
    assert answer(request_for("s3:ListBucket", "arn:aws:s3:::b"), statement) == DENIED


def test_an_explicit_deny_wins_over_every_allow_in_any_policy():
    policies = [Policy((allow_statement(("*",), ("*",)),)), Policy((deny("s3:Delete*"),))]
    assert evaluate(policies, request_for("s3:DeleteObject")).decision == EXPLICIT
    assert evaluate(policies, request_for("s3:GetObject")).decision == ALLOWED
    assert evaluate(policies[1:], request_for("s3:DeleteObject")).decision == EXPLICIT


def test_what_no_statement_allows_is_denied():
    assert answer(request_for("s3:GetObject")) == DENIED
    assert answer(request_for("s3:GetObject"), deny("s3:PutObject")) == DENIED


def test_an_action_without_resources_needs_a_star():
    assert answer(request_for("sts:GetCallerIdentity", "*"), allow_statement(("*",), ("arn:aws:s3:::*",))) == DENIED
    assert answer(request_for("sts:GetCallerIdentity", "*"), allow_statement(("*",), ("*",))) == ALLOWED
    assert (
        answer(
            request_for("s3:ListAllMyBuckets", "*"),
            allow_statement(("*",), ("*",)),
            deny("*", resources=("arn:aws:s3:::*",)),
        )
        == ALLOWED
    )


def test_short_arns_match_as_the_kind_of_policy_defines():
    policy = Policy((allow_statement(("s3:*",), ("arn:aws:s3",)),))
    assert evaluate(prepare_policies([policy]), request_for("s3:GetObject")).decision == ALLOWED
    strict = prepare_policies([policy], match_options=ResourceMatchOptions(ShortArnRule.FILL_IF_WILDCARD))
    assert evaluate(strict, request_for("s3:GetObject")).decision == DENIED


def test_all_conditions_of_a_statement_must_hold():
    both = (build_condition("StringEquals", "aws:a", "1"), build_condition("StringEquals", "aws:b", "2"))
    statement = allow_statement(("s3:*",), ("*",), conditions=both)
    assert answer(request_for("s3:GetObject", a="1", b="2"), statement) == ALLOWED
    assert answer(request_for("s3:GetObject", a="1", b="1"), statement) == DENIED
    assert answer(request_for("s3:GetObject", a="1"), statement) == DENIED
    everything = allow_statement(("*",), ("*",))
    assert answer(request_for("s3:GetObject", a="1", b="1"), everything, deny("*", conditions=both)) == ALLOWED


def test_condition_keys_are_case_insensitive_and_unique():
    statement = allow_statement(
        ("s3:*",), ("*",), conditions=(build_condition("StringEquals", "AWS:PrincipalTag/Team", "a"),)
    )
    assert answer(Request("s3:GetObject", OBJECT, {"aws:principaltag/team": ("a",)}), statement) == ALLOWED
    with pytest.raises(IamglueError, match="AWS:a, aws:A"):
        Request("s3:GetObject", OBJECT, {"aws:A": ("1",), "AWS:a": ("2",)})


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ((allow_statement(("s3:*",), ("*",), conditions=(UNKNOWN_CONDITION,)),), UNKNOWN),
        ((allow_statement(("s3:*",), ("*",)), deny("s3:*", conditions=(UNKNOWN_CONDITION,))), UNKNOWN),
        ((deny("s3:*", conditions=(UNKNOWN_CONDITION,)),), DENIED),
        (
            (
                allow_statement(("s3:*",), ("*",), conditions=(UNKNOWN_CONDITION,)),
                deny("s3:*", conditions=(UNKNOWN_CONDITION,)),
            ),
            UNKNOWN,
        ),
        (
            (allow_statement(("s3:*",), ("*",)), allow_statement(("s3:*",), ("*",), conditions=(UNKNOWN_CONDITION,))),
            ALLOWED,
        ),
        ((deny("s3:*"), deny("s3:*", conditions=(UNKNOWN_CONDITION,))), EXPLICIT),
        ((allow_statement(("sqs:*",), ("*",), conditions=(UNKNOWN_CONDITION,)),), DENIED),
        ((allow_statement(("s3:*",), ("arn:aws:s3:::c",), conditions=(UNKNOWN_CONDITION,)),), DENIED),
        (
            (
                allow_statement(
                    ("s3:*",), ("*",), conditions=(UNKNOWN_CONDITION, build_condition("Bool", "aws:no", "true"))
                ),
            ),
            DENIED,
        ),
    ],
)
def test_an_undecided_statement_makes_the_decision_unknown_only_if_it_matters(statements, expected):
    assert answer(request_for("s3:GetObject", Key="b"), *statements) == expected


def test_a_decision_cites_the_deciding_statements():
    policies = [
        Policy((allow_statement(("sqs:*",), ("*",)), allow_statement(("s3:*",), ("*",), sid="Objects"))),
        Policy((deny("s3:Delete*"), allow_statement(("s3:Get*",), ("*",)))),
    ]
    reading = evaluate(policies, request_for("s3:GetObject"))
    assert [(ref.policy, ref.statement, ref.sid) for ref in reading.decided_by] == [(0, 1, "Objects"), (1, 1, None)]
    assert reading.reason == (
        f"statement 2 (Objects) of policy 1, statement 2 of policy 2 allow `s3:GetObject` on `{OBJECT}`"
    )
    deleting = evaluate(policies, request_for("s3:DeleteObject"))
    assert [(ref.policy, ref.statement) for ref in deleting.decided_by] == [(1, 0)]
    assert "statement 1 of policy 2 denies" in deleting.reason
    nothing = evaluate(policies, request_for("ec2:RunInstances"))
    assert nothing.decided_by == ()
    assert "no statement allows `ec2:RunInstances`" in nothing.reason


def test_the_trace_reports_the_element_that_does_not_match():
    statements = (
        allow_statement(("sqs:*",), ("*",)),
        Statement(Effect.ALLOW, MatchList(("s3:*",), negated=True), MatchList(("*",))),
        allow_statement(("s3:*",), ("arn:aws:s3:::c/*",)),
        Statement(Effect.DENY, MatchList(("s3:*",)), MatchList(("arn:aws:s3:::b/*",), negated=True)),
        allow_statement(("s3:*",), ("*",), conditions=(build_condition("StringLike", "aws:Key", "a*"),)),
        allow_statement(("s3:*",), ("*",), conditions=(UNKNOWN_CONDITION,)),
        allow_statement(("s3:*",), ("*",)),
    )
    trace = evaluate([Policy(statements)], request_for("s3:GetObject", Key="b")).trace
    assert [(step.applies, step.reason) for step in trace] == [
        (False, "Action does not match"),
        (False, "NotAction does not match"),
        (False, "Resource does not match"),
        (False, "NotResource does not match"),
        (False, "condition StringLike on aws:Key does not match"),
        (None, "not known whether condition StringSortsBefore on aws:Key matches"),
        (True, "every element matches"),
    ]


ROLE = "arn:aws:iam::123456789012:role/service/worker"
SESSION = "arn:aws:sts::123456789012:assumed-role/worker/one"
USER = "arn:aws:iam::123456789012:user/bob"


@every_row(
    "named, principal, expected",
    [
        (EVERYONE, USER, True),
        (Principal("AWS", "*"), "lambda.amazonaws.com", True),
        (Principal("AWS", "123456789012"), USER, True),
        (Principal("AWS", "arn:aws:iam::123456789012:root"), SESSION, True),
        (Principal("AWS", "arn:aws:iam::999999999999:root"), USER, False),
        (Principal("AWS", ROLE), ROLE, True),
        (Principal("AWS", ROLE), SESSION, True),
        (Principal("AWS", SESSION), SESSION, True),
        (Principal("AWS", SESSION), ROLE, False),
        (Principal("AWS", "arn:aws:iam::123456789012:role/other"), SESSION, False),
        (Principal("AWS", ROLE.replace("arn:aws:", "arn:aws-cn:")), ROLE, False),
        (Principal("AWS", ROLE.replace("arn:aws:", "arn:aws-cn:")), SESSION, False),
        (Principal("AWS", "arn:aws:iam::123456789012:user/*"), USER, False),
        (Principal("Service", "lambda.amazonaws.com"), "lambda.amazonaws.com", True),
        (Principal("Service", "lambda.amazonaws.com"), "edgelambda.amazonaws.com", False),
        (Principal("AWS", "123456789012"), "arn:aws:iam::123456789012:saml-provider/x", False),
        (
            Principal("Federated", "arn:aws:iam::123456789012:saml-provider/x"),
            "arn:aws:iam::123456789012:saml-provider/x",
            True,
        ),
        (Principal("CanonicalUser", "79a59d"), USER, None),
        (Principal("AWS", "123456789012"), None, None),
        (EVERYONE, None, True),
    ],
)
def test_a_principal_is_named_by_itself_its_role_or_its_account(named, principal, expected):
    statement = allow_statement(("sts:AssumeRole",), None, principals=(named,))
    decision = evaluate([Policy((statement,))], Request("sts:AssumeRole", "*", principal=principal))
    assert decision.decision.value == {True: ALLOWED, False: DENIED, None: UNKNOWN}[expected]


@pytest.mark.parametrize(
    ("spared", "expected"),
    [
        (("arn:aws:iam::999999999999:root",), EXPLICIT),
        (("123456789012", ROLE, SESSION), ALLOWED),
        (("123456789012", ROLE), EXPLICIT),
        (("123456789012", SESSION), UNKNOWN),
        (("123456789012",), EXPLICIT),
    ],
)
def test_not_principal_exempts_a_session_only_if_account_role_and_session_are_listed(spared, expected):
    principals = Principals(tuple(Principal("AWS", principal) for principal in spared), negated=True)
    statement = Statement(Effect.DENY, MatchList(("*",)), MatchList(("*",)), principals=principals)
    policies = [Policy((statement, allow_statement(("*",), ("*",))))]
    decision = evaluate(policies, Request("s3:GetObject", OBJECT, principal=SESSION))
    assert decision.decision.value == expected


KEYS = ["aws:username", "aws:PrincipalTag/a"]
WORDS = st.text("ab", max_size=3)
GLOBS = st.text("ab*?", max_size=4) | st.just("${aws:username}") | st.just("a${*}")
ACTION_PATTERNS = st.one_of(
    st.just("*"), st.builds("{}:{}".format, st.sampled_from(["s3", "S3"]), st.text("aB*?", max_size=3))
)
RESOURCE_PATTERNS = st.one_of(st.just("*"), st.builds("arn:aws:s3:{}::{}".format, st.text("ab*?", max_size=2), GLOBS))
QUANTIFIERS = st.sampled_from(["", "ForAllValues", "ForAnyValue"])
CONDITIONS = st.one_of(
    st.builds(
        Condition,
        st.builds(Operator, st.sampled_from(["StringEquals", "StringLike"]), QUANTIFIERS),
        st.sampled_from([*KEYS, "AWS:UserName"]),
        st.lists(GLOBS, min_size=1, max_size=2).map(tuple),
    ),
    st.builds(
        Condition,
        st.builds(Operator, st.just("Bool"), QUANTIFIERS),
        st.just("aws:SecureTransport"),
        st.sampled_from([("true",), ("False",), ("true", "false")]),
    ),
)


def _patterns(values):
    return st.builds(MatchList, st.lists(values, min_size=1, max_size=3).map(tuple), st.booleans())


STATEMENTS = st.builds(
    Statement,
    st.sampled_from(Effect),
    _patterns(ACTION_PATTERNS),
    _patterns(RESOURCE_PATTERNS),
    st.lists(CONDITIONS, max_size=2, unique_by=lambda principal: (principal.operator, principal.key)).map(tuple),
)
REQUESTS = st.builds(
    Request,
    st.builds("s3:{}".format, st.text("aB", min_size=1, max_size=3)),
    st.one_of(st.just("*"), st.builds("arn:aws:s3:{}::{}".format, WORDS, st.text("ab*", max_size=4))),
    st.builds(
        dict.__or__,
        st.dictionaries(st.sampled_from(KEYS), st.lists(WORDS.filter(bool), min_size=1, max_size=2).map(tuple)),
        st.dictionaries(st.just("aws:SecureTransport"), st.sampled_from([("true",), ("FALSE",)])),
    ),
)


@given(st.lists(STATEMENTS, max_size=4).map(tuple), REQUESTS)
def test_an_independent_evaluator_agrees(statements, request):
    policy = Policy(statements)
    ours = evaluate([policy], request).decision.value
    context = {key: list(values) for key, values in request.context.items()}
    try:
        theirs = verdict([policy_data(policy)], JudgedRequest(request.action, request.resource, context))
    except ValueError:
        return
    assert ours == UNKNOWN or ours.replace("-", " ") == theirs


@given(st.lists(STATEMENTS, max_size=4).map(tuple), REQUESTS)
def test_the_trace_explains_the_decision(statements, request):
    decision = evaluate([Policy(statements)], request)
    outcomes = {(step.effect, step.applies) for step in decision.trace}
    if (Effect.DENY, True) in outcomes:
        expected = EXPLICIT
    elif not {(Effect.ALLOW, True), (Effect.ALLOW, None)} & outcomes:
        expected = DENIED
    else:
        expected = UNKNOWN if (Effect.DENY, None) in outcomes or (Effect.ALLOW, True) not in outcomes else ALLOWED
    assert decision.decision.value == expected


@given(st.lists(STATEMENTS, max_size=3).map(tuple), st.lists(REQUESTS, min_size=2, max_size=5))
def test_prepared_policies_give_the_same_decisions(statements, requests):
    prepared = prepare_policies([Policy(statements)])
    for request in requests * 2:
        assert evaluate(prepared, request).decision is evaluate([Policy(statements)], request).decision
