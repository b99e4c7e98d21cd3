"""`suggest`: what a role's policies should be, and what is proved of it."""

from dataclasses import replace

import pytest
from support.roles_and_needs import attached, aws_managed, case, customer, inline, needs, role, trust

from iamglue.audit.suggest.suggest import replacement_blocker, suggest_replacement
from iamglue.engine.solve.access import access_of
from iamglue.engine.solve.comparison import ComparisonAnswer, compare
from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.model.account import AttachedPolicy
from iamglue.model.permission_set import ExplainedStatement
from iamglue.model.required_access import NeedOrigin, Reason
from iamglue.policy.document import policy_size
from iamglue.policy.model import Effect, MatchList, Statement, allow_statement

OBJECTS, TABLE = "arn:aws:s3:::images-bucket/*", "arn:aws:dynamodb:eu-west-1:123456789012:table/exifDataTable"
READ = allow_statement(("s3:GetObject",), (OBJECTS,), sid="Read")
WRITE = allow_statement(("dynamodb:PutItem",), (TABLE,), sid="Write")
EXIF = needs("exif-extractor", READ, WRITE)
ALL = allow_statement(("s3:*", "dynamodb:*"), ("*",))
ENOUGH = "the new policies allow everything that the functions need"
NO_MORE = "the new policies allow nothing that the role is not allowed today"


def deny(*actions, resource="*"):
    return Statement(Effect.DENY, MatchList(actions), MatchList((resource,)))


def suggested(of, *declared, **given):
    found = suggest_replacement(case(of, *(declared or (EXIF,)), **given))
    assert found is not None
    return found


def test_one_click_policies_give_way_to_what_is_declared():
    found = suggested(role(aws_managed("AWSLambdaExecute"), aws_managed("AmazonDynamoDBFullAccess")))
    assert found.detach == (
        "arn:aws:iam::aws:policy/AWSLambdaExecute",
        "arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess",
    )
    assert [name for name, _ in found.policies] == ["exif-extractor-policy"]
    assert (found.proved, found.unproved, found.added_statements) == ((ENOUGH, NO_MORE), (), ())
    assert found.actions_before > 100
    assert found.actions_after == 2


def test_the_new_policies_allow_exactly_what_is_declared():
    found = suggested(role(inline("all", ALL)))
    new = access_of([policy for _, policy in found.policies])
    wanted = access_of([each.policy for each in EXIF.policies])
    assert compare(new, wanted).answer is compare(wanted, new).answer is ComparisonAnswer.NO_NEW_ACCESS


def test_what_the_role_lacks_is_said_to_be_added_with_a_request():
    found = suggested(role(inline("reads", allow_statement(("s3:Get*",), (OBJECTS,)))))
    assert found.added_statements == (f"dynamodb:PutItem on {TABLE}, such as dynamodb:PutItem on {TABLE}",)
    assert found.proved == (ENOUGH, f"except for the listed additions, {NO_MORE}")


def test_what_a_boundary_forbids_is_not_claimed():
    found = suggested(role(inline("all", ALL), boundary=customer("limit", allow_statement(("s3:*",), ("*",)))))
    assert found.proved == (NO_MORE,)
    assert found.unproved == (f"{ENOUGH}: a Deny, the boundary or an SCP denies dynamodb:PutItem on {TABLE}",)
    assert found.actions_after == 1


def test_what_an_scp_forbids_is_not_claimed():
    levels = ((inline("full", allow_statement(("*",), ("*",))), inline("no-tables", deny("dynamodb:*"))),)
    found = suggested(role(inline("all", ALL)), scps=levels)
    assert found.unproved == (f"{ENOUGH}: a Deny, the boundary or an SCP denies dynamodb:PutItem on {TABLE}",)


def test_a_policy_that_only_denies_stays():
    found = suggested(role(inline("all", ALL), inline("guard", deny("s3:Delete*"))))
    assert found.delete == ("all",)
    assert "guard is retained: it contains only Deny statements" in found.notes


def test_a_deny_that_stays_and_forbids_what_is_needed_is_told():
    found = suggested(role(inline("all", ALL), inline("guard", deny("s3:GetObject"))))
    assert found.proved == (NO_MORE,)


def test_a_deny_that_goes_is_told():
    found = suggested(role(inline("mixed", ALL, deny("s3:DeleteObject"))))
    assert "mixed is removed together with its Deny statements" in found.notes


def test_a_role_that_already_has_exactly_this_gets_no_suggestion():
    assert suggest_replacement(case(role(inline("other-name", WRITE, READ)), EXIF)) is None
    assert replacement_blocker(case(role(inline("other-name", WRITE, READ)), EXIF)) is None


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (case(role(inline("all", ALL)), functions=["f"]), "no spec declares what its functions need"),
        (case(role(inline("all", ALL)), EXIF, inferred=True), "no spec declares what its functions need"),
        (case(role(inline("all", ALL)), EXIF, functions=["exif-extractor", "other"]), "these functions need: other"),
        (case(role(), needs("f", allow_statement(("s3:GetObject",), ("${QueueArn}",)))), "a parameter, a Region"),
    ],
)
def test_without_all_that_its_functions_need_nothing_is_suggested(found, reason):
    assert suggest_replacement(found) is None
    assert reason in replacement_blocker(found)


def test_where_policies_may_be_missing_nothing_is_suggested():
    subject, reason = Subject("role", "exif-role"), "the permission is missing"
    gap = NotEvaluated(NotEvaluatedKind.FAILED, subject, "its policies", reason, policies_unknown=True)
    found = case(role(inline("all", ALL)), EXIF, gaps=(gap,))
    assert suggest_replacement(found) is None
    assert replacement_blocker(found) == "not all of its policies are known: the permission is missing"


def test_a_document_that_could_not_be_read_leaves_all_unproved():
    unread = AttachedPolicy("odd", "", None, "arn:aws:iam::123456789012:policy/odd")
    found = suggested(role(inline("all", ALL), unread))
    assert found.detach == (unread.arn,)
    assert found.proved == ()
    assert all("the document of odd could not be read" in each for each in found.unproved)


def test_an_inline_policy_that_nobody_could_restore_stays():
    found = suggested(role(inline("all", ALL), AttachedPolicy("lost", "", None)))
    assert found.delete == ("all",)
    assert any(each.startswith("lost is retained") for each in found.notes)


def test_names_are_unlike_those_that_the_role_has():
    found = suggested(role(inline("Exif-Extractor-Policy", ALL), customer("exif-extractor-policy-2", ALL)))
    assert [name for name, _ in found.policies] == ["exif-extractor-policy-3"]


def test_names_are_the_same_each_time():
    of = role(inline("all", ALL))
    assert suggested(of) == suggested(of)


def test_a_shared_role_gets_one_policy_for_all_its_functions():
    found = suggested(role(inline("all", ALL)), needs("reader", READ), needs("writer", READ, WRITE))
    ((name, policy),) = found.policies
    assert name == "exif-role-policy"
    assert len(policy.statements) == 2
    assert found.proved == (ENOUGH, NO_MORE)


def test_sids_of_several_functions_stay_apart():
    other = allow_statement(("s3:PutObject",), ("arn:aws:s3:::thumbnails/*",), sid="Read")
    ((_, policy),) = suggested(role(inline("all", ALL)), needs("a", READ), needs("b", other)).policies
    sids = [each.sid for each in policy.statements]
    assert len(set(sids)) == len(sids) == 2


def _many(count):
    return [
        allow_statement(
            ("s3:GetObject",), tuple(f"arn:aws:s3:::bucket-number-{at}-{each}/*" for each in range(20)), sid=f"S{at}"
        )
        for at in range(count)
    ]


def test_what_is_too_big_for_the_inline_sum_becomes_managed_policies_that_fit():
    found = suggested(role(inline("all", ALL)), needs("big", *_many(20)))
    assert found.managed
    assert [name for name, _ in found.policies] == [f"big-policy-{at}" for at in range(1, len(found.policies) + 1)]
    assert all(policy_size(policy) <= 6144 for _, policy in found.policies)
    assert found.proved == (ENOUGH, NO_MORE)


def test_what_does_not_fit_beside_the_inline_policies_that_it_replaces_is_managed():
    """Both are there for a moment, and the quota is on their sum."""
    assert not suggested(role(inline("all", ALL)), needs("f", *_many(8))).managed
    assert suggested(role(inline("all", ALL, *_many(8))), needs("f", *_many(7))).managed


def test_a_function_that_needs_nothing_keeps_nothing():
    found = suggested(role(inline("all", ALL)), needs("idle"))
    assert (found.policies, found.delete, found.actions_after) == ((), ("all",), 0)


def test_others_who_may_take_the_role_on_are_named():
    found = suggested(role(inline("all", ALL), trust=trust("lambda.amazonaws.com", "ec2.amazonaws.com")))
    assert any("Service ec2.amazonaws.com" in each for each in found.notes)


def test_scps_that_were_not_read_are_told():
    assert any("service control policies" in each for each in suggested(role(inline("all", ALL)), scps=None).notes)


def test_more_attached_policies_than_a_role_may_have_are_told():
    wide = [customer(f"wide-{at}", ALL) for at in range(10)]
    found = suggested(role(*wide), needs("big", *_many(20)))
    assert any(f"{10 + len(found.policies)} managed policies are attached" in each for each in found.notes)


def test_text_that_is_a_variable_in_a_condition_is_no_parameter():
    own = needs("f", allow_statement(("s3:GetObject",), ("arn:aws:s3:::b/${aws:PrincipalTag/team}/*",)))
    assert suggested(role(attached("all", '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}')), own)


def _configured(statement, reason):
    return (ExplainedStatement(statement, (reason,)),)


def _beside(statement, reason):
    found = case(role(inline("all", ALL, allow_statement(("sqs:*", "logs:*"), ("*",)))), EXIF)
    return suggest_replacement(
        replace(found, required_by_configuration=(("exif-extractor", _configured(statement, reason)),))
    )


def test_what_the_configuration_asks_for_is_kept_though_no_spec_declares_it():
    queue = allow_statement(("sqs:ReceiveMessage",), ("arn:aws:sqs:eu-west-1:123456789012:jobs",), sid="Poll")
    found = _beside(queue, Reason("triggers, sqs: jobs", NeedOrigin.TRIGGER))
    ((_, policy),) = found.policies
    assert queue in policy.statements
    assert (
        "the configuration of exif-extractor requires sqs:ReceiveMessage (triggers, sqs: jobs): declare it in the spec"
        in (found.notes)
    )
    assert found.proved == (ENOUGH, NO_MORE)


def test_what_the_configuration_asks_for_and_the_spec_declares_changes_nothing():
    assert (
        _beside(READ, Reason("triggers, s3: images-bucket", NeedOrigin.TRIGGER)).policies
        == suggested(role(inline("all", ALL))).policies
    )


def test_whether_a_function_logs_is_for_its_spec_to_say():
    logs = allow_statement(("logs:PutLogEvents",), ("arn:aws:logs:eu-west-1:123456789012:log-group:/x:*",))
    assert _beside(logs, Reason("any words", NeedOrigin.LOGS)).policies == suggested(role(inline("all", ALL))).policies
