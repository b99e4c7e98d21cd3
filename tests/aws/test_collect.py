"""An account read live: what is read of a function, its role, and of the resources that are wanted."""

from __future__ import annotations

import json
from unittest.mock import Mock

import pytest
from aws.deployed import (
    ACCOUNT,
    FUNCTION_ARN,
    OWN_ARN,
    REGION,
    ROLE_ARN,
    SECRET_VALUE,
    SHARED_ARN,
    allow,
    client,
    deploy,
    deploy_function,
    deploy_resources,
    deploy_role,
)
from aws.door import opened
from moto import mock_aws
from moto.awslambda.models import LambdaBackend

from iamglue.aws.collect import collect
from iamglue.aws.collect_request import CollectRequest
from iamglue.aws.functions import parse_configuration
from iamglue.aws.saved_account import account_text
from iamglue.errors import IamglueError, NotEvaluatedError
from iamglue.findings import NotEvaluatedKind
from iamglue.model.account import Account, FunctionUrl

EXECUTE_ARN = "arn:aws:iam::aws:policy/AWSLambdaExecute"


@pytest.fixture(scope="module")
def photos():
    """The account with what is read of one function, once for all tests that only look at it."""
    with pytest.MonkeyPatch.context() as patch, mock_aws(config={"iam": {"load_aws_managed_policies": True}}):
        patch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI-never-shown")
        deploy()
        client("iam").attach_role_policy(RoleName="photos-role", PolicyArn=EXECUTE_ARN)
        resources = deploy_resources()
        return collect(CollectRequest(functions=("photos",), region=REGION, resources=resources))


def failed(account: Account) -> list[str]:
    return [each.what for each in account.gaps if each.kind is NotEvaluatedKind.FAILED]


def test_a_function_that_is_read_whole_leaves_no_gaps(photos):
    assert photos.gaps == ()


def test_the_account_is_known_by_its_credentials(photos):
    assert (photos.id, photos.partition, photos.source) == (ACCOUNT, "aws", "AWS")


def test_a_functions_configuration_is_read(photos):
    (function,) = photos.functions
    assert (function.name, function.arn, function.role_arn) == ("photos", FUNCTION_ARN, ROLE_ARN)
    assert (function.runtime, function.tracing, function.in_vpc) == ("python3.12", True, False)
    assert function.tags == (("owner", "photo"),)
    assert (function.durable, function.durable_key) == (False, None)


@pytest.mark.parametrize("key", [None, "arn:aws:kms:eu-west-1:123456789012:key/x"])
def test_a_durable_functions_configuration_is_read_with_its_key(key):
    durable = {"ExecutionTimeout": 60, **({"KMSKeyArn": key} if key else {})}
    response = {"FunctionName": "photos", "FunctionArn": FUNCTION_ARN, "Role": ROLE_ARN, "DurableConfig": durable}
    function = parse_configuration(response, Mock())
    assert (function.durable, function.durable_key) == (True, key)


def test_variables_have_names_and_no_values(photos):
    assert photos.functions[0].environment == ("BUCKET", "TOKEN")
    assert SECRET_VALUE not in account_text(photos)
    assert SECRET_VALUE not in repr(photos)


def test_what_is_polled_for_a_function_and_where_failures_go_is_read(photos):
    (function,) = photos.functions
    queue = f"arn:aws:sqs:{REGION}:{ACCOUNT}:work"
    assert [each.arn for each in function.event_sources] == [queue]
    assert (function.on_success, function.on_failure) == (None, queue)


def test_permissions_are_read_for_the_function_its_aliases_and_their_versions(photos):
    permissions = photos.functions[0].permissions
    assert [each.qualifier for each in permissions] == ["", "live", "1"]
    assert permissions[0].policy.policy.statements[0].sid == "bucket"


@mock_aws
def test_a_version_that_runs_as_another_role_is_a_function_with_that_role():
    deploy()
    deploy_role("other-role")
    other = ROLE_ARN.replace("photos-role", "other-role")
    client("lambda").update_function_configuration(FunctionName="photos", Role=other)
    account = collect(CollectRequest(functions=("photos",), region=REGION))
    assert [(each.arn, each.role_arn) for each in account.functions] == [
        (FUNCTION_ARN, other),
        (FUNCTION_ARN, ROLE_ARN),
    ]
    assert {each.arn for each in account.roles} == {other, ROLE_ARN}


@mock_aws
def test_versions_whose_policies_are_not_read_are_reported():
    deploy_role()
    deploy_function("photos", ROLE_ARN)
    client("lambda").publish_version(FunctionName="photos")
    account = collect(CollectRequest(functions=("photos",), region=REGION))
    assert [each.what for each in account.gaps] == ["the resource-based policy of version 1"]


@mock_aws
def test_destinations_of_a_second_alias_are_reported_as_not_evaluated(monkeypatch):
    deploy_role()
    deploy_function("photos", ROLE_ARN)
    # moto lists one configuration of a function and none of its aliases.
    queues = [f"arn:aws:sqs:{REGION}:{ACCOUNT}:{alias}" for alias in ("beta", "live")]
    configs = [
        {"FunctionArn": f"{FUNCTION_ARN}:{queue[-4:]}", "DestinationConfig": {"OnFailure": {"Destination": queue}}}
        for queue in queues
    ]
    listing = {"FunctionEventInvokeConfigs": configs}
    monkeypatch.setattr(LambdaBackend, "list_function_event_invoke_configs", lambda *_: listing)
    account = collect(CollectRequest(functions=("photos",), region=REGION))
    (function,) = account.functions
    (gap,) = account.gaps
    assert function.on_failure == queues[0]
    assert f"`{queues[1]}`" in gap.what


def test_urls_are_asked_for_one_by_one_where_they_cannot_be_listed(photos):
    assert photos.functions[0].urls == (FunctionUrl("AWS_IAM"),)


def test_a_role_is_read_with_all_that_decides_what_it_may_do(photos):
    (role,) = photos.roles
    assert (role.name, role.arn, role.path, role.tags) == ("photos-role", ROLE_ARN, "/app/", (("team", "photo"),))
    assert [(each.name, each.arn) for each in role.policies] == [
        ("inline", None),
        ("AWSLambdaExecute", EXECUTE_ARN),
        ("own", OWN_ARN),
        ("shared", SHARED_ARN),
    ]
    assert role.boundary.arn == OWN_ARN
    assert all(each.policy for each in (*role.policies, role.boundary, role.trust))


def test_documents_are_kept_as_aws_gives_them(photos):
    assert photos.roles[0].policies[0].text == allow("s3:PutObject")


def test_instants_are_iso_8601_in_utc(photos):
    assert photos.roles[0].created.endswith("Z")
    assert photos.collected.endswith("Z")


@pytest.mark.parametrize("service", ["s3", "kms", "sqs", "sns", "secretsmanager", "dynamodb", "lambda"])
def test_the_policy_of_a_resource_that_is_wanted_is_read(photos, service):
    (found,) = (policy for arn, policy in photos.resource_policies if arn.split(":")[2] == service)
    assert found.policy.statements[0].principals


@pytest.mark.usefixtures("aws", "shared_clients")
def test_resources_without_policies_have_none():
    deploy_role()
    client("s3").create_bucket(Bucket="bare", CreateBucketConfiguration={"LocationConstraint": REGION})
    account = collect(
        CollectRequest(roles=("photos-role",), resources=("arn:aws:s3:::bare", "arn:aws:logs:::log-group:x"))
    )
    assert (account.resource_policies, account.gaps) == ((), ())


@pytest.mark.usefixtures("aws", "shared_clients")
def test_a_pattern_and_a_service_whose_policies_are_not_read_are_undecidable():
    deploy_role()
    wanted = ("arn:aws:s3:::images-*", f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/s")
    account = collect(CollectRequest(roles=("photos-role",), resources=wanted))
    assert [(each.kind, each.subject.name) for each in account.gaps] == [
        (NotEvaluatedKind.UNDECIDABLE, arn) for arn in wanted
    ]


@pytest.mark.usefixtures("aws", "shared_clients")
def test_a_function_is_found_by_its_arn_with_a_qualifier():
    deploy()
    account = collect(CollectRequest(functions=(f"{FUNCTION_ARN}:live",)))
    assert [each.arn for each in account.functions] == [FUNCTION_ARN]


@pytest.mark.usefixtures("aws")
def test_the_region_of_a_functions_arn_is_asked(monkeypatch):
    deploy()
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert collect(CollectRequest(functions=(FUNCTION_ARN,))).functions


@pytest.mark.usefixtures("aws")
def test_a_functions_name_without_a_region_is_bad_usage(monkeypatch):
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    with pytest.raises(IamglueError, match="the Region of the functions") as caught:
        collect(CollectRequest(functions=("photos",)))
    assert caught.value.exit_code == 2


@pytest.mark.usefixtures("aws", "shared_clients")
def test_everything_is_every_function_and_every_role_but_service_linked_ones():
    deploy()
    deploy_role("idle")
    deploy_function("other", ROLE_ARN)
    client("iam").create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com")
    account = collect(CollectRequest(everything=True))
    assert [each.name for each in account.functions] == ["photos", "other"]
    assert sorted(each.name for each in account.roles) == ["idle", "photos-role"]
    assert failed(account) == []


@pytest.mark.usefixtures("aws", "shared_clients")
def test_everything_is_read_as_a_function_alone_is():
    deploy()
    (alone,) = collect(CollectRequest(functions=("photos",))).functions
    assert collect(CollectRequest(everything=True)).functions == (alone,)


@pytest.mark.usefixtures("aws", "shared_clients")
def test_an_empty_account_is_read_whole():
    account = collect(CollectRequest(everything=True))
    assert (account.functions, account.roles, account.gaps) == ((), (), ())


@pytest.mark.usefixtures("aws", "shared_clients")
def test_more_roles_than_a_page_holds_are_all_read():
    for number in range(101):
        name = f"role-{number:03}"
        client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({"Statement": []}))
    assert len(collect(CollectRequest(everything=True)).roles) == 101


@pytest.mark.usefixtures("aws", "shared_clients")
def test_a_managed_policy_is_read_once_for_all_roles(monkeypatch):
    for number in range(12):
        deploy_role(f"role-{number}")
    door = opened(monkeypatch)
    collect(CollectRequest(everything=True))
    assert door.asked.count("iam:GetPolicyVersion") == 2


@pytest.mark.usefixtures("aws", "shared_clients")
def test_no_more_requests_are_made_at_once_than_there_are_workers(monkeypatch):
    for number in range(12):
        deploy_role(f"role-{number}")
    door = opened(monkeypatch)
    door.slow = 0.01
    collect(CollectRequest(everything=True, workers=3))
    assert 1 < door.most_at_once <= 3


@pytest.mark.usefixtures("aws", "shared_clients")
def test_progress_is_told_and_ends_with_everything_done():
    deploy()
    told = []
    collect(CollectRequest(functions=("photos",)), lambda done, total: told.append((done, total)))
    assert told[-1] == (3, 3)  # the function, its role, the organization
    assert [done for done, _ in told] == sorted(done for done, _ in told)


@pytest.mark.usefixtures("aws", "shared_clients")
def test_a_function_that_is_not_there_is_told_while_another_is_read():
    deploy()
    account = collect(CollectRequest(functions=("photos", "nowhere")))
    assert [each.name for each in account.functions] == ["photos"]
    assert [(each.subject.name, each.reason) for each in account.gaps] == [("nowhere", "the function does not exist")]


@pytest.mark.usefixtures("aws", "shared_clients")
def test_a_role_of_another_account_is_not_taken_for_one_of_this():
    deploy()
    arn = "arn:aws:iam::210987654321:role/app/photos-role"
    account = collect(CollectRequest(functions=("photos",), roles=(arn, "photos-role")))
    assert [each.arn for each in account.roles] == [ROLE_ARN]
    with pytest.raises(NotEvaluatedError, match="the role does not exist"):
        collect(CollectRequest(roles=(arn,)))
