"""The rules by effective access: where other tools err, each as a property."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from support.granting import ADMIN, WORKER, allow, case, check, deny, document, malformed, role, role_access, trust
from support.rows import every_row

from iamglue.audit.rules import broad_access, credential_exposure, data_exposure, one_click_policy, privilege_escalation
from iamglue.audit.run import audit_role
from iamglue.catalog.escalation_paths import escalation_paths
from iamglue.catalog.managed_policies import find_managed_policy
from iamglue.findings import Severity
from iamglue.model.account import AttachedPolicy, DeployedFunction

PASS, RUN = "iam:PassRole", ["lambda:CreateFunction", "lambda:InvokeFunction"]
TO_LAMBDA = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
NO_TLS = {"Bool": {"aws:SecureTransport": "false"}}
TABLE = "arn:aws:dynamodb:*:*:table/*"


def ways(*statements, **more):
    """What the rule of escalation says of a role with one policy."""
    return check(privilege_escalation, case(document("a", *statements), **more))


def exposed(*statements, **more):
    return check(data_exposure, case(document("a", *statements), **more))


def broad(*statements, **more):
    return check(broad_access, case(document("a", *statements), **more))


def test_a_path_that_is_split_over_two_policies_is_found_and_both_are_cited():
    (hit,) = check(privilege_escalation, case(document("a", allow(PASS)), document("b", allow(RUN))))
    assert {statement.text for statement in hit.chain[0].statements} == {"statement 1 of `a`", "statement 1 of `b`"}
    assert hit.risk == 100
    assert (hit.location.span.path, hit.location.span.pointer) == ("a", "/Statement/0/Action")


def test_a_deny_in_another_policy_closes_a_path():
    assert not check(privilege_escalation, case(document("a", allow([PASS, *RUN])), document("b", deny(PASS))))


def test_a_deny_that_spares_the_path_closes_nothing():
    denied = deny(PASS, f"arn:aws:iam::111122223333:role/{WORKER.name}")
    assert check(privilege_escalation, case(document("a", allow([PASS, *RUN])), document("b", denied)))


def test_passing_exactly_one_privileged_role_is_found_and_names_it():
    (hit,) = ways(allow(PASS, ADMIN.arn), allow(RUN))
    assert "can create a function that runs as `admin` (administrator access)" in hit.message
    assert hit.severity is Severity.SECURITY_WARNING


def test_passing_a_role_that_may_do_no_more_is_no_escalation():
    assert not ways(allow(PASS, WORKER.arn), allow([*RUN, "s3:Get*"]))


def test_passing_a_role_that_may_do_something_else_is_slighter():
    (hit,) = ways(allow(PASS, WORKER.arn), allow(RUN))
    assert "(more access than this role)" in hit.message
    assert hit.severity is Severity.WARNING


def test_passing_a_role_that_does_not_trust_the_service_leads_nowhere():
    other = role("admin", *ADMIN.policies, trusts=trust(Service="ec2.amazonaws.com"))
    assert not ways(allow(PASS, other.arn), allow(RUN), others=(other,))
    assert ways(allow(PASS, other.arn), allow("ec2:RunInstances"), others=(other,))


def test_a_role_that_was_not_read_is_told_of():
    (hit,) = ways(allow(PASS, "arn:aws:iam::111122223333:role/gone"), allow(RUN))
    assert "not read" in hit.message
    assert hit.severity is Severity.SUGGESTION


def test_roles_by_a_part_of_their_name_are_looked_up():
    (hit,) = ways(allow(PASS, "arn:aws:iam::111122223333:role/adm*"), allow(RUN))
    assert "`admin`" in hit.message
    assert not ways(allow(PASS, "arn:aws:iam::111122223333:role/app-*"), allow(RUN))


def test_passing_to_lambda_only_still_leads_to_functions():
    (hit,) = ways(allow(PASS, condition=TO_LAMBDA), allow(RUN))
    assert "create a function" in hit.message


def test_passing_to_lambda_only_does_not_lead_to_instances():
    assert not ways(allow(PASS, condition=TO_LAMBDA), allow("ec2:RunInstances"))
    assert ways(allow(PASS), allow("ec2:RunInstances"))


@pytest.mark.parametrize(
    "condition",
    [
        {"StringLike": {"iam:PassedToService": "*"}},
        {"StringLike": {"aws:UserAgent": "*"}},
        {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}},
        {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}},
        {"Bool": {"aws:SecureTransport": "true"}},
        {"StringEquals": {"aws:PrincipalAccount": "111122223333"}},
        {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/tested"}},
        {"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}},
    ],
)
def test_a_condition_that_restricts_nobody_does_not_save(condition):
    assert ways(allow(PASS, condition=condition), allow(RUN))


@pytest.mark.parametrize(
    "condition",
    [
        {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
        {"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}},
        {"StringEquals": {"aws:PrincipalAccount": "999999999999"}},
        {"StringEquals": {"aws:PrincipalTag/team": "security"}},
        {"StringEquals": {"aws:ResourceTag/open": "yes"}},
        {"StringEquals": {"aws:username": "someone"}},
    ],
)
def test_a_condition_that_a_functions_role_cannot_meet_saves(condition):
    assert not ways(allow(PASS, condition=condition), allow(RUN))


def test_a_tag_of_the_role_meets_a_condition_on_it():
    condition = {"StringEquals": {"aws:PrincipalTag/team": "security"}}
    assert ways(allow(PASS, condition=condition), allow(RUN), tags=(("team", "security"),))


def test_a_deny_of_insecure_transport_makes_nothing_safe():
    assert ways(allow([PASS, *RUN]), deny("*", condition=NO_TLS))
    assert exposed(allow("s3:GetObject"), deny("s3:*", condition=NO_TLS))
    assert broad(allow("s3:PutObject"), deny("s3:*", condition=NO_TLS))


def test_every_table_is_every_table_however_it_is_written():
    assert "items" in exposed(allow("dynamodb:*", TABLE))[0].message
    assert "dynamodb:*" in broad(allow("dynamodb:*", TABLE))[0].message
    assert exposed(allow("dynamodb:*", "arn:aws:dynamodb:eu-west-1:111122223333:table/*"))
    assert exposed(allow("dynamodb:*", "arn:aws:dynamodb:*"))
    assert not exposed(allow("dynamodb:*", "arn:aws:dynamodb:*:*:table/images"))
    assert not exposed(allow("dynamodb:*", "arn:aws:dynamodb:*:*:table/app-*"))


def test_everything_but_one_name_is_as_wide():
    other = {"Effect": "Allow", "Action": "s3:PutObject", "NotResource": "arn:aws:s3:::private/*"}
    (hit,) = broad(other)
    assert hit.location.span.pointer == "/Statement/0/NotResource"


def test_a_boundary_that_forbids_closes_all():
    limited = {"boundary": document("limit", allow("s3:GetObject", "arn:aws:s3:::images/*"))}
    found = case(document("a", allow("*")), **limited)
    for rule in (privilege_escalation, data_exposure, credential_exposure, broad_access):
        assert not check(rule, found)


def test_a_boundary_that_allows_closes_nothing():
    assert ways(allow([PASS, *RUN]), boundary=document("limit", allow("*")))


def test_scps_forbid_at_each_level():
    open_level, closed = (document("all", allow("*")),), (document("all", allow("*")), document("no", deny("iam:*")))
    assert ways(allow([PASS, *RUN]), scps=(open_level,))
    assert not ways(allow([PASS, *RUN]), scps=(open_level, closed))


def test_scps_do_not_bind_service_linked_roles():
    closed = (document("all", allow("*")), document("no", deny("iam:*")))
    assert ways(allow([PASS, *RUN]), scps=(closed,), path="/aws-service-role/x.amazonaws.com/")


@every_row("path", escalation_paths())
def test_a_path_is_open_with_all_of_its_actions_and_silent_with_one_removed(path):
    actions = [*path.actions, *path.completed_by[:1]]
    policies = [document(f"p{at}", allow(action)) for at, action in enumerate(dict.fromkeys(actions))]
    assert check(privilege_escalation, case(*policies))
    smaller = [set(other.actions) for other in escalation_paths() if set(other.actions) < set(actions)]
    for at in range(len(policies)) if not smaller else ():
        assert not check(privilege_escalation, case(*policies[:at], *policies[at + 1 :])), actions[at]


@pytest.mark.parametrize(
    ("service", "actions"),
    [
        ("pipes.amazonaws.com", ["pipes:CreatePipe"]),
        ("pipes.amazonaws.com", ["pipes:UpdatePipe"]),
        ("rolesanywhere.amazonaws.com", ["rolesanywhere:CreateTrustAnchor", "rolesanywhere:CreateProfile"]),
        ("ecs-tasks.amazonaws.com", ["ecs:RegisterTaskDefinition", "ecs:UpdateService"]),
        ("cloudformation.amazonaws.com", ["cloudformation:CreateResource"]),
        ("amplify.amazonaws.com", ["amplify:CreateApp", "amplify:CreateBranch", "amplify:StartJob"]),
        ("emr-serverless.amazonaws.com", ["emr-serverless:StartJobRun"]),
        ("pods.eks.amazonaws.com", ["eks:CreatePodIdentityAssociation", "eks:AssociateAccessPolicy"]),
        (
            "credentials.iot.amazonaws.com",
            ["iot:CreateRoleAlias", "iot:CreateKeysAndCertificate", "iot:CreatePolicy", "iot:AttachPolicy"],
        ),
    ],
)
def test_a_role_is_passed_only_to_a_service_that_it_trusts(service, actions):
    passing = [allow(PASS, "arn:aws:iam::111122223333:role/chief"), allow(actions)]
    trusting, other = (
        role("chief", document("everything", allow("*")), trusts=trust(Service=name))
        for name in (service, "glue.amazonaws.com")
    )
    (hit,) = check(privilege_escalation, case(document("a", *passing), others=(trusting,)))
    assert "`chief` (administrator access)" in hit.message
    assert not check(privilege_escalation, case(document("a", *passing), others=(other,)))
    assert not check(privilege_escalation, case(document("a", *passing, deny(actions[-1])), others=(trusting,)))


@pytest.mark.parametrize(
    ("service", "actions"),
    [
        ("codebuild.amazonaws.com", ["codebuild:StartBuild"]),
        ("codebuild.amazonaws.com", ["codebuild:StartBuildBatch"]),
        ("cloudformation.amazonaws.com", ["cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"]),
        ("tasks.apprunner.amazonaws.com", ["apprunner:UpdateService"]),
        (
            "sagemaker.amazonaws.com",
            [
                "sagemaker:UpdateNotebookInstance",
                "sagemaker:StopNotebookInstance",
                "sagemaker:StartNotebookInstance",
                "sagemaker:CreatePresignedNotebookInstanceUrl",
            ],
        ),
        (
            "bedrock-agentcore.amazonaws.com",
            ["bedrock-agentcore:CreateAgentRuntime", "bedrock-agentcore:InvokeAgentRuntimeCommandShell"],
        ),
    ],
)
def test_a_call_that_uses_the_role_of_a_resource_may_also_pass_it_another_role(service, actions):
    passing = [allow(PASS, "arn:aws:iam::111122223333:role/chief"), allow(actions)]

    def to_chief(service, *more):
        chief = role("chief", document("everything", allow("*")), trusts=trust(Service=service))
        hits = check(privilege_escalation, case(document("a", *passing, *more), others=(chief,)))
        return [hit for hit in hits if "`chief` (administrator access)" in hit.message]

    assert len(to_chief(service)) == 1
    assert not to_chief("glue.amazonaws.com")
    assert not to_chief(service, deny(actions[-1]))
    assert not to_chief(service, deny(PASS, "*", {"StringEquals": {"iam:PassedToService": service}}))


def test_a_role_that_trusts_a_service_in_one_region_may_be_passed_to_it():
    passing = [
        allow(PASS, "arn:aws:iam::111122223333:role/chief"),
        allow(["states:CreateStateMachine", "states:Start*"]),
    ]

    def hits(trusts):
        chief = role("chief", document("everything", allow("*")), trusts=trusts)
        return check(privilege_escalation, case(document("a", *passing), others=(chief,)))

    def trusting_except(name):
        statements = [
            {"Effect": effect, "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
            for effect, service in (("Allow", "states.eu-west-1.amazonaws.com"), ("Deny", name))
        ]
        return document("trust policy", *statements)

    assert len(hits(trust(Service="states.eu-west-1.amazonaws.com"))) == 1
    assert len(hits(trusting_except("states.us-east-1.amazonaws.com"))) == 1
    assert not hits(trusting_except("states.amazonaws.com"))


def test_making_a_function_without_a_way_to_run_it_leads_nowhere():
    assert not ways(allow([PASS, "lambda:CreateFunction"]))
    assert ways(allow([PASS, "lambda:CreateFunction", "lambda:AddPermission"]))


def test_writing_its_own_policies_by_name_is_found():
    (hit,) = ways(allow("iam:PutRolePolicy", "arn:aws:iam::111122223333:role/tested"))
    assert "any inline policy to itself" in hit.message
    assert not ways(allow("iam:PutRolePolicy", WORKER.arn))


def test_writing_the_policies_of_a_role_that_may_be_assumed_is_found():
    friend = role("worker", trusts=trust(AWS="111122223333"))
    assert ways(allow(["iam:PutRolePolicy", "sts:AssumeRole"], friend.arn), others=(friend,))
    assert not ways(allow(["iam:PutRolePolicy", "sts:AssumeRole"], WORKER.arn))


def test_attaching_only_named_policies_is_no_way():
    condition = {"ArnEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess"}}
    assert not ways(allow("iam:AttachRolePolicy", condition=condition))


@pytest.mark.parametrize("effect", [allow, deny])
def test_attaching_any_policy_but_one_is_a_way(effect):
    admin = {"ArnEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess"}}
    others = {"ArnNotEquals": admin["ArnEquals"]}
    statements = (
        [allow("iam:AttachRolePolicy", condition=others)]
        if effect is allow
        else [allow("iam:AttachRolePolicy"), deny("iam:AttachRolePolicy", condition=admin)]
    )
    (hit,) = ways(*statements)
    assert "attach any managed policy to any role" in hit.message


APP = "arn:aws:iam::111122223333:role/app-*"
BOUNDED = {"iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/limit"}


@pytest.mark.parametrize("change", ["iam:AttachRolePolicy", "iam:PutRolePolicy"])
def test_a_role_that_may_be_created_with_any_policy_is_a_way(change):
    (hit,) = ways(allow(["iam:CreateRole", change], APP))
    assert "create the role `app-*` with any" in hit.message
    assert hit.risk == 100
    assert not ways(allow(change, APP))
    assert not ways(allow("iam:CreateRole", APP))
    assert not ways(allow("iam:CreateRole", APP), allow(change, "arn:aws:iam::111122223333:role/web-*"))
    assert not ways(allow(["iam:CreateRole", change], APP), deny("iam:CreateRole"))
    assert not ways(allow(["iam:CreateRole", change], APP), boundary=document("limit", allow("s3:*")))


def test_a_role_that_is_created_with_a_boundary_is_no_way():
    actions = ["iam:CreateRole", "iam:PutRolePolicy"]
    assert not ways(allow(actions, APP, {"StringEquals": BOUNDED}))
    assert not ways(allow(actions, APP), deny("iam:CreateRole", "*", {"StringNotEquals": BOUNDED}))


def test_a_role_that_exists_is_not_created():
    own = role("app-1", document("everything", allow("*")))
    assert not ways(allow(["iam:CreateRole", "iam:AttachRolePolicy"], own.arn), others=(own,))


def test_replacing_the_code_of_a_function_with_a_stronger_role_is_found():
    function = DeployedFunction("strong", "arn:aws:lambda:eu-west-1:111122223333:function:strong", ADMIN.arn)
    (hit,) = ways(allow("lambda:UpdateFunctionCode", function.arn), functions=(function,))
    assert "`admin`" in hit.message


def test_ways_with_the_same_cause_are_one_finding():
    hits = ways(allow([PASS, "ecs:Register*", "ecs:Run*", "ecs:Start*", "ecs:Create*"]))
    assert len(hits) == 1
    assert "more paths" in hits[0].message


def test_the_smallest_change_is_told():
    (hit,) = ways(allow([PASS, *RUN]))
    assert hit.help.startswith("remove `iam:PassRole` from statement 1 of `a`")


def test_an_administrator_has_nothing_to_escalate_to_and_is_told_of_once():
    assert not ways(allow("*"))
    (hit,) = broad(allow("*"))
    assert hit.risk == 100


def test_credentials_of_every_role_are_told_of():
    assert check(credential_exposure, case(document("a", allow("sts:AssumeRole"))))
    assert not check(credential_exposure, case(document("a", allow("sts:AssumeRole", WORKER.arn))))


def test_opening_resources_to_others_is_told_of():
    (hit,) = broad(allow("s3:PutBucketPolicy"))
    assert "grant others access to all buckets" in hit.message
    assert not broad(allow("s3:PutBucketPolicy", "arn:aws:s3:::images"))


def test_actions_that_take_no_other_resource_are_not_broad():
    assert not broad(allow(["xray:PutTraceSegments", "ec2:CreateNetworkInterface", "ec2:Describe*"]))


def test_each_statement_is_told_of_whatever_others_allow_under_other_conditions():
    given = [{"Null": {f"aws:RequestTag/{key}": "false"}} for key in ("made", "by")]
    statements = [allow("ec2:CreateSubnet", condition=condition) for condition in given]
    tagged = allow("ec2:CreateSubnet", condition={"StringEquals": {"aws:ResourceTag/team": "mail"}})
    told = [hit.location.span.pointer for hit in broad(*statements, tagged)]
    assert told == ["/Statement/0/Resource", "/Statement/1/Resource"]


# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
@pytest.mark.parametrize(
    ("action", "condition", "is_broad"),
    [
        # Keys that AWS lists with a resource type describe its resources; those of one being created are parameters.
        ("ec2:TerminateInstances", {"StringEquals": {"ec2:ManagedResourceOperator": "example.amazonaws.com"}}, False),
        ("ec2:TerminateInstances", {"StringNotEquals": {"ec2:InstanceType": "t3.micro"}}, True),
        ("ec2:CreateVolume", {"Bool": {"ec2:Encrypted": "true"}}, True),
        ("events:PutRule", {"StringEquals": {"events:ManagedBy": "example.amazonaws.com"}}, False),
        # A service-linked role belongs to one service.
        ("iam:CreateServiceLinkedRole", {"StringEquals": {"iam:AWSServiceName": "rds.amazonaws.com"}}, False),
        ("iam:CreateServiceLinkedRole", {"StringLike": {"iam:AWSServiceName": "*"}}, True),
    ],
)
def test_a_condition_on_what_the_resource_is_limits_and_one_on_what_is_asked_does_not(action, condition, is_broad):
    assert bool(broad(allow(action, condition=condition))) is is_broad


def test_every_table_of_some_regions_is_broad():
    assert broad(allow("dynamodb:PutItem", "arn:aws:dynamodb:us-*:*:table/*"))
    assert broad(allow("dynamodb:PutItem", "arn:aws:dynamodb:??-west-1:*:table/*"))


def test_the_one_resource_of_its_kind_that_is_named_is_not_broad():
    named = ["arn:aws:glue:*:*:catalog", "arn:aws:glue:*:*:database/a", "arn:aws:glue:*:*:table/a/*"]
    assert not broad(allow("glue:DeleteTable", named))
    assert broad(allow("glue:DeleteTable", [*named, "arn:aws:glue:*:*:table/*"]))


def test_the_rest_of_a_path_may_need_a_tag():
    tagged = {"StringEquals": {"aws:ResourceTag/team": "mail"}}
    assert ways(allow("ec2:ModifyInstanceAttribute"), allow(["ec2:StopInstances", "ec2:StartInstances"], "*", tagged))


def test_metrics_of_one_namespace_are_not_broad():
    condition = {"StringEquals": {"cloudwatch:namespace": "images"}}
    assert not broad(allow("cloudwatch:PutMetricData", condition=condition))


def test_items_of_ones_own_are_not_all_items():
    own = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["${aws:PrincipalTag/tenant}"]}}
    assert not exposed(allow("dynamodb:GetItem", TABLE, own))
    assert exposed(allow("dynamodb:Scan", TABLE, own))


def test_a_malformed_policy_is_unknown_and_never_clean():
    found = role_access(case(document("a", allow("s3:GetObject")), malformed("b")))
    assert tuple(unknown.text for unknown in found.unknown) == (
        "the policy `b` is malformed: it is treated as having no statements",
    )


def test_a_policy_that_could_not_be_read_is_not_said_to_be_malformed():
    unread = AttachedPolicy("b", "", None)
    found = role_access(case(document("a", allow("s3:GetObject")), unread, boundary=unread))
    assert tuple(unknown.text for unknown in found.unknown) == (
        "the policy `b` could not be read: it is treated as having no statements",
        "the boundary `b` could not be read: it is treated as allowing everything",
    )


def test_a_malformed_boundary_is_taken_to_forbid_nothing_and_told():
    found = case(document("a", allow("s3:GetObject")), boundary=malformed("limit"))
    assert check(data_exposure, found)
    assert "boundary `limit`" in role_access(found).unknown[0].text


def test_a_malformed_scp_is_told():
    found = case(document("a", allow("s3:GetObject")), scps=((malformed("guard"),),))
    assert check(data_exposure, found)
    assert "`guard`" in role_access(found).unknown[0].text


def test_what_is_exposed_grows_with_the_patterns_of_resources():
    patterns = ["arn:aws:s3:::images/a", "arn:aws:s3:::images/*", "arn:aws:s3:::*", "*"]
    found = [bool(exposed(allow("s3:GetObject", pattern))) for pattern in patterns]
    assert all(one <= other for one, other in pairwise(found))
    assert found == [False, False, True, True]


def test_a_malformed_boundary_is_no_reason_to_fail():
    own = "arn:aws:iam::111122223333:role/tested"
    assert ways(allow("iam:PutRolePolicy", own), boundary=malformed("limit"))


def test_every_action_may_be_written_with_its_colon():
    (hit,) = broad(allow("*:*"))
    assert "administrator access" in hit.message


def test_many_roles_with_the_same_cause_are_one_finding():
    others = tuple(role(f"app-{at}", *ADMIN.policies) for at in range(5))
    (hit,) = ways(allow(PASS, "arn:aws:iam::111122223333:role/app-*"), allow(RUN), others=others)
    assert "`app-0`" in hit.message
    assert "the same applies to `app-1`, `app-2`, `app-3` and others" in hit.message


def test_passing_a_role_is_told_of_besides_what_the_other_actions_do_alone():
    hits = ways(allow([PASS, "codebuild:CreateProject", "codebuild:StartBuild"]))
    assert any("in any build project" in hit.message for hit in hits)
    assert any("a build project that runs as any role" in hit.message for hit in hits)


def test_a_policy_that_a_deny_takes_back_whole_is_no_one_click_policy():
    everything = document("all", allow("*"))
    assert check(one_click_policy, case(everything))
    assert not check(one_click_policy, case(everything, document("no", deny("*"))))


@pytest.mark.parametrize(("until", "holds"), [("2020-01-01T00:00:00Z", False), ("2030-01-01T00:00:00Z", True)])
@pytest.mark.parametrize("key", ["aws:TokenIssueTime", "aws:CurrentTime"])
def test_a_time_that_has_passed_is_not_now(key, until, holds):
    policy = document("a", allow("iam:CreatePolicyVersion", condition={"DateLessThan": {key: until}}))
    found = case(policy)
    now = replace(found, account=replace(found.account, collected="2026-11-25T12:00:00Z"))
    assert bool(check(privilege_escalation, now)) is holds


NAMESPACE = {"StringEquals": {"cloudwatch:namespace": "orders"}}


@pytest.mark.parametrize(
    ("statement", "is_told"),
    [
        (allow("cloudwatch:*"), True),
        (allow(["cloudwatch:PutMetricData", "cloudwatch:PutDashboard"]), True),
        (allow(["cloudwatch:PutDashboard"]), False),
        (allow("cloudwatch:*", condition=NAMESPACE), False),
    ],
)
def test_the_help_names_the_condition_key_that_limits_what_no_resource_can(statement, is_told):
    for hit in broad(statement):
        key = "`cloudwatch:PutMetricData` with a condition on `cloudwatch:namespace`"
        assert (key in hit.help) is is_told


@pytest.mark.parametrize("name", ["AWSGlueServiceRole", "AmazonSESFullAccess", "AdministratorAccess"])
def test_a_policy_that_aws_manages_is_to_be_replaced_and_not_edited(name):
    managed = find_managed_policy(name)
    policy = document(name, *managed.document["Statement"], arn=managed.arn)
    helps = [finding.help for finding in audit_role(case(policy)).findings]
    assert helps
    assert all(text.startswith("replace ") for text in helps if text)


GLUE = "arn:${AWS::Partition}:glue:${AWS::Region}:${AWS::AccountId}:"


@pytest.mark.parametrize(
    ("resources", "is_broad"),
    [
        (["catalog", "database/${Db}", "table/${Db}/*"], False),
        (["catalog", "database/orders-*"], False),
        (["catalog", "database/${Db}", "table/*"], True),
    ],
)
def test_the_catalog_of_an_account_is_one_resource_and_not_every_resource(resources, is_broad):
    assert bool(broad(allow("glue:*", [GLUE + resource for resource in resources]))) is is_broad
