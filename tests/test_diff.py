"""`diff`: the answer both ways, and statements that tell exactly what makes it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from support.access_strategies import policies, several_requests
from support.budget import share
from support.floors import counts, floor

from iamglue.diff import DiffSide, compare_policies
from iamglue.engine.evaluate.identity_evaluation import evaluate, prepare_policies
from iamglue.engine.solve.access import access_of
from iamglue.engine.solve.comparison import ComparisonAnswer
from iamglue.formats.reports.diff_text import diff_text
from iamglue.model.policy_file import PolicyFile
from iamglue.policy.conditions import build_condition
from iamglue.policy.model import VERSION_2008, Effect, MatchList, Policy, Statement, allow_statement

SLOW = settings(
    share(0.34),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
BUCKET, OBJECTS = "arn:aws:s3:::amzn-s3-demo-bucket", "arn:aws:s3:::amzn-s3-demo-bucket/*"
OFFICE = build_condition("IpAddress", "aws:SourceIp", "203.0.113.0/24")


def deny(actions, resources, *conditions):
    return Statement(Effect.DENY, MatchList(actions), MatchList(resources), conditions)


def side(name, *statements):
    return DiffSide(name, (PolicyFile(f"{name}.json", Policy(tuple(statements))),))


def compared(old, new, limits=()):
    levels = [[PolicyFile("limit.json", Policy(tuple(level)))] for level in limits]
    return compare_policies(side("old", *old), side("new", *new), levels)


def told(difference):
    """The statements as (actions, resources)."""
    return [(shown.statement.actions.values, shown.statement.resources.values) for shown in difference.shown]


READS = allow_statement(("s3:GetObject", "s3:ListBucket"), (BUCKET, OBJECTS))


def test_the_example_of_the_aws_cli_an_action_more_is_new_access():
    """https://docs.aws.amazon.com/cli/latest/reference/accessanalyzer/check-no-new-access.html"""
    wider = allow_statement(("s3:GetObject", "s3:GetObjectAcl", "s3:ListBucket"), (BUCKET, OBJECTS))
    found = compared([READS], [wider])
    assert found.added.comparison.answer is ComparisonAnswer.NEW_ACCESS
    assert told(found.added) == [(("s3:GetObjectAcl",), (OBJECTS,))]
    assert found.removed.comparison.answer is ComparisonAnswer.NO_NEW_ACCESS


def test_a_resource_that_the_reference_does_not_list_is_shown_and_said_to_be_unlisted():
    own, of_aws = "arn:aws:ssm:*:123456789012:document/*", "arn:aws:ssm:*::document/AWS-*"
    found = compared(
        [allow_statement(("ssm:SendCommand",), (own,))], [allow_statement(("ssm:SendCommand",), (own, of_aws))]
    )
    (shown,) = found.added.shown
    assert told(found.added) == [(("ssm:SendCommand",), (of_aws,))]
    assert (found.added.comparison.unlisted_only, shown.unlisted_only, shown.unlisted) == (True, True, False)


def test_what_is_unlisted_besides_what_is_listed_is_said_so():
    before, after = "arn:aws:ssm:*:*:parameter/*", "arn:aws:ssm:*:*:*"
    found = compared([allow_statement(("ssm:*",), (before,))], [allow_statement(("ssm:*",), (after,))])
    (shown,) = found.added.shown
    assert (found.added.comparison.unlisted_only, shown.unlisted_only, shown.unlisted) == (False, False, True)
    assert "ssm:GetParameter" not in shown.statement.actions.values


def test_each_shown_request_is_in_the_account_and_region_that_the_policies_name():
    queue = "arn:aws:sqs:eu-west-1:123456789012:jobs"
    found = compared([allow_statement(("sqs:SendMessage",), (queue,))], [allow_statement(("sqs:*",), ("*",))])
    requests = [found.added.comparison.witness, *(shown.witness for shown in found.added.shown)]
    assert {request.resource.rpartition(":")[0] for request in requests} == {queue.rpartition(":")[0]}


def test_policies_that_say_the_same_in_other_words_are_unchanged():
    apart = [
        allow_statement(("s3:GetObject",), (BUCKET, OBJECTS)),
        allow_statement(("S3:listbucket",), (OBJECTS, BUCKET)),
    ]
    assert compared([READS], apart).is_unchanged


def test_an_action_less_is_removed_and_nothing_is_added():
    found = compared([READS], [allow_statement(("s3:GetObject",), (BUCKET, OBJECTS))])
    assert found.added.comparison.answer is ComparisonAnswer.NO_NEW_ACCESS
    assert [actions for actions, _ in told(found.removed)] == [("s3:ListBucket",)]


def test_the_statement_that_allows_the_new_request_is_named():
    found = compared([READS], [READS, allow_statement(("sqs:SendMessage",), ("*",), sid="Sends")])
    assert [(each.path, each.statement_index, each.sid) for each in found.added.allowed_by] == [
        ("new.json", 1, "Sends")
    ]
    assert [str(shown.source) for shown in found.added.shown] == ["new.json, statement 2 (Sends)"]


def test_resources_that_both_sides_have_are_left_out():
    names = tuple(f"arn:aws:s3:::bucket-{number}/*" for number in range(40))
    found = compared([allow_statement(("s3:GetObject",), names[:-1])], [allow_statement(("s3:GetObject",), names)])
    assert told(found.added) == [(("s3:GetObject",), names[-1:])]


def test_a_wider_resource_says_what_the_old_statement_has_of_it():
    found = compared(
        [allow_statement(("s3:GetObject",), (f"{BUCKET}/in/*",))], [allow_statement(("s3:GetObject",), (OBJECTS,))]
    )
    (shown,) = found.added.shown
    assert not shown.is_whole
    assert [str(each) for each in shown.exclusions] == ["old.json, statement 1"]


def test_a_deny_that_went_is_told_with_what_it_denied():
    everything = allow_statement(("s3:*", "sqs:*"), ("*",))
    found = compared([everything, deny(("s3:Delete*",), (OBJECTS,))], [everything])
    (shown,) = found.added.shown
    assert (shown.statement.actions.values, shown.statement.resources.values) == (("s3:Delete*",), (OBJECTS,))
    assert str(shown.removed_deny) == "old.json, statement 2"
    assert shown.is_whole


def test_a_deny_that_stays_is_no_difference():
    old = [allow_statement(("s3:*",), ("*",)), deny(("s3:DeleteObject",), ("*",))]
    assert compared(old, [*old, allow_statement(("s3:GetObject",), (OBJECTS,))]).is_unchanged


def test_what_the_new_policy_denies_itself_is_named():
    found = compared(
        [], [allow_statement(("s3:GetObject",), (OBJECTS,)), deny(("s3:GetObject",), (f"{BUCKET}/secret/*",))]
    )
    assert [str(each) for each in found.added.shown[0].denied_by] == ["new.json, statement 2"]


def test_a_condition_that_went_is_told_as_that():
    found = compared(
        [allow_statement(("s3:GetObject",), (OBJECTS,), conditions=(OFFICE,))],
        [allow_statement(("s3:Get*",), (OBJECTS,))],
    )
    told_apart = {shown.statement.actions.values: shown.condition_variant for shown in found.added.shown}
    assert any(other is None for other in told_apart.values())
    alone = compared(
        [allow_statement(("s3:GetObject",), (OBJECTS,), conditions=(OFFICE,))],
        [allow_statement(("s3:GetObject",), (OBJECTS,))],
    )
    source, statement = alone.added.shown[0].condition_variant
    assert str(source) == "old.json, statement 1"
    assert statement.conditions == (OFFICE,)


def test_a_wildcard_over_all_of_todays_actions_adds_future_ones_only():
    from iamglue.catalog.services import find_service

    names = tuple(str(action) for action in find_service("sqs").actions.values())
    found = compared([allow_statement(names, ("*",))], [allow_statement(("sqs:*",), ("*",))])
    assert found.added.comparison.future_only
    (shown,) = found.added.shown
    assert shown.future_only
    assert shown.statement.actions.values == ("sqs:*",)


def test_everything_but_a_service_is_said_so():
    found = compared([allow_statement(("s3:*",), ("*",))], [allow_statement(("*",), ("*",))])
    (shown,) = found.added.shown
    assert shown.statement.actions == MatchList(("s3:*",), negated=True)


def test_every_action_on_every_resource_is_shown_as_such():
    """Everything without an exception is `*`, and not a `NotAction` without actions, which is no valid element."""
    found = compared([READS], [allow_statement(("*",), ("*",))])
    assert told(found.added) == [(("*",), ("*",))]
    assert "+ allow   *" in diff_text(found)


def test_a_list_of_actions_is_written_with_wildcards_only_where_they_are_exact():
    got = allow_statement(("s3:GetObject",), ("*",))
    (shown,) = compared([got], [allow_statement(("s3:GetObject*",), ("*",))]).added.shown
    assert "s3:GetObject*" not in shown.statement.actions.values
    assert "s3:GetObjectAcl" in shown.statement.actions.values
    assert "s3:GetObject" not in shown.statement.actions.values
    assert shown.future


def test_limits_hold_on_both_sides():
    star = [allow_statement(("*",), ("*",))]
    boundary = [allow_statement(("s3:GetObject", "sqs:SendMessage"), ("*",))]
    scp = [allow_statement(("*",), ("*",)), deny(("sqs:*",), ("*",))]
    found = compared([READS], star, [boundary, scp])
    assert {shown.statement.actions.values for shown in found.added.shown} == {("s3:GetObject",)}
    assert compared([allow_statement(("s3:GetObject",), ("*",))], star, [boundary, scp]).is_unchanged


def test_several_files_hold_together():
    one, other = PolicyFile("a", Policy((READS,))), PolicyFile("b", Policy((deny(("s3:GetObject",), ("*",)),)))
    joined = DiffSide("a + b", (one, other))
    found = compare_policies(joined, side("new", READS))
    assert [str(shown.removed_deny) for shown in found.added.shown] == ["b, statement 1"]


def test_so_many_statements_that_not_all_are_looked_into_are_counted(monkeypatch):
    monkeypatch.setattr("iamglue.engine.solve.diff_entries.DIFF_STEPS", 40_000)
    names = [f"arn:aws:s3:::b{at}/*" for at in range(40)]
    found = compared([], [allow_statement(("s3:*Object",), (name,)) for name in names])
    assert found.added.comparison.answer is ComparisonAnswer.NEW_ACCESS
    assert found.added.shown
    assert len(found.added.shown) + len(found.added.not_shown) - 1 == len(names)
    assert found.added.not_shown[-1] == "new.json, statement 40 was not examined"


def test_a_policy_against_itself_is_unchanged_whatever_its_version():
    old = DiffSide(
        "a", (PolicyFile("a", Policy((allow_statement(("s3:GetObject",), ("arn:aws:s3:::${x}/*",)),), VERSION_2008)),)
    )
    assert compare_policies(old, old).is_unchanged


@SLOW
@given(policies(), policies())
def test_each_shown_request_is_allowed_by_the_one_and_not_by_the_other(old, new):
    found = compare_policies(DiffSide("old", (PolicyFile("old", old),)), DiffSide("new", (PolicyFile("new", new),)))
    for difference, holder, other in ((found.added, new, old), (found.removed, old, new)):
        for shown in difference.shown:
            assert evaluate([holder], shown.witness).allowed
            assert not evaluate([other], shown.witness).allowed
            assert evaluate([Policy((shown.statement,), holder.version)], shown.witness).allowed


# Keys that every request of a user or role has.
ALWAYS = {"aws:CurrentTime": "2026-01-01", "aws:SecureTransport": "true", "aws:PrincipalIsAWSService": "false"}


def with_all_keys(request):
    """The request with the keys that it must have."""
    missing = {key: (value,) for key, value in ALWAYS.items() if key.lower() not in request.lowercase_context}
    return replace(request, context={**request.context, **missing})


@floor(0.002)
@SLOW
@given(policies(), policies(), several_requests(20, 40))
def test_the_statements_together_hold_the_whole_difference(old, new, requests):
    found = compare_policies(DiffSide("old", (PolicyFile("old", old),)), DiffSide("new", (PolicyFile("new", new),)))
    if found.added.not_shown:
        return
    statements = access_of([Policy(tuple(shown.statement for shown in found.added.shown), new.version)])
    future = any(shown.future for shown in found.added.shown)
    before, after = prepare_policies([old]), prepare_policies([new])
    for request in map(with_all_keys, requests):
        denied = evaluate(before, request).decision in ("implicitly-denied", "explicitly-denied")
        if counts(evaluate(after, request).allowed and denied and not (future and request.action == "s3:NoSuchThing")):
            assert statements.contains(request)


@floor(0.01)
@SLOW
@given(policies(variables=False), policies(variables=False), several_requests(20, 40))
def test_what_is_told_as_new_in_whole_is_new_in_whole(old, new, requests):
    found = compare_policies(DiffSide("old", (PolicyFile("old", old),)), DiffSide("new", (PolicyFile("new", new),)))
    before, after = prepare_policies([old]), prepare_policies([new])
    for shown in found.added.shown:
        if counts(shown.is_whole):
            alone = prepare_policies([Policy((shown.statement,), new.version)])
            for request in map(with_all_keys, requests):
                if evaluate(alone, request).allowed:
                    assert evaluate(after, request).allowed
                    assert not evaluate(before, request).allowed


@pytest.mark.parametrize("statements", [(), (deny(("*",), ("*",)),)], ids=["none", "Deny alone"])
def test_policies_that_allow_nothing_are_equal(statements):
    assert compared([], statements).is_unchanged


PARAMETER = "${Bucket}"


def old_version(resource):
    statement = allow_statement(("s3:GetObject",), (resource,))
    return DiffSide("policy", (PolicyFile("policy.json", Policy((statement,), VERSION_2008)),))


def test_a_deployment_parameter_has_a_value_in_a_policy_of_every_version():
    found = compare_policies(old_version(f"arn:aws:s3:::{PARAMETER}/in/*"), old_version(f"arn:aws:s3:::{PARAMETER}/*"))
    assert found.added.comparison.answer is not ComparisonAnswer.NO_NEW_ACCESS


def test_a_policy_variable_is_text_in_the_old_version_also_beside_a_parameter():
    old = old_version(f"arn:aws:s3:::{PARAMETER}/${{aws:username}}/*")
    new = old_version(f"arn:aws:s3:::{PARAMETER}/someone/*")
    assert compare_policies(old, new).added.comparison.answer is not ComparisonAnswer.NO_NEW_ACCESS


TABLE, CRAWLER = "arn:aws:glue:eu-west-1:123456789012:table/db/t", "arn:aws:glue:eu-west-1:123456789012:crawler/c"


def test_access_on_a_resource_type_that_the_reference_does_not_list_for_the_action_is_unknown():
    found = compared(
        [allow_statement(("glue:GetTable",), (TABLE,))], [allow_statement(("glue:GetTable",), (TABLE, CRAWLER))]
    )
    answer = found.added.comparison
    assert (answer.answer, answer.witness.resource) == (ComparisonAnswer.UNKNOWN, CRAWLER)
    assert "AWS's reference lists glue:GetTable only for" in answer.reason
    assert found.removed.comparison.answer is ComparisonAnswer.NO_NEW_ACCESS


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("glue:GetTable", "arn:aws:lambda:eu-west-1:123456789012:function:f"),
        ("s3:GetObject", BUCKET),
        ("sqs:SendMessage", "arn:aws:dynamodb:eu-west-1:123456789012:table/t"),
    ],
)
def test_a_type_that_is_no_resource_of_the_action_is_no_access(action, resource):
    found = compared([READS], [READS, allow_statement((action,), (resource,))])
    assert found.is_unchanged


def test_what_is_unknown_besides_new_access_is_said():
    old = [allow_statement(("glue:GetTable",), (TABLE,))]
    found = compared(old, [*old, allow_statement(("glue:GetTable",), (CRAWLER,)), READS])
    assert found.added.comparison.answer is ComparisonAnswer.NEW_ACCESS
    assert [shown.statement.actions.values for shown in found.added.shown] == [READS.actions.values]
    assert any(f"glue:GetTable on {CRAWLER}" in text for text in found.added.not_shown)


@pytest.mark.parametrize("partition", ["aws", "${AWS::Partition}", "${Partition}"])
def test_a_statement_with_a_parameter_for_the_partition_is_compared_as_any_other(partition):
    orders = allow_statement(("sqs:SendMessage",), (f"arn:{partition}:sqs:eu-west-1:123456789012:orders",))
    invoices = allow_statement(("sqs:SendMessage",), (f"arn:{partition}:sqs:eu-west-1:123456789012:invoices",))
    assert compared([orders], [orders]).added.comparison.answer is ComparisonAnswer.NO_NEW_ACCESS
    added = compared([orders], [orders, invoices]).added
    assert (added.comparison.answer, told(added)) == (
        ComparisonAnswer.NEW_ACCESS,
        [(("sqs:SendMessage",), invoices.resources.values)],
    )


def test_a_partition_that_only_the_deployment_knows_is_not_taken_for_another_one():
    here = allow_statement(("sqs:SendMessage",), ("arn:aws:sqs:eu-west-1:123456789012:orders",))
    anywhere = allow_statement(("sqs:SendMessage",), ("arn:${AWS::Partition}:sqs:eu-west-1:123456789012:orders",))
    assert compared([anywhere], [here]).added.comparison.answer is ComparisonAnswer.UNKNOWN


def test_an_unknown_answer_names_the_statement_that_may_allow_more():
    added = compared([READS], [READS, allow_statement(("sns:Publish",), ("${TopicArn}",))]).added
    assert added.comparison.answer is ComparisonAnswer.UNKNOWN
    assert added.not_shown == ("it is not known whether new.json, statement 2 allows anything new",)
