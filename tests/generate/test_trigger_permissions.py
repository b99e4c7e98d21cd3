"""Triggers that push: the statements of the function's policy, one test for each trigger's facts."""

from __future__ import annotations

import re

import pytest
from support.rows import every_row
from support.trigger_cases import HERE, OTHER, PLACE, SCOPE, VALUES, function, granted, notes, permissions, trigger

from iamglue.catalog.triggers import TriggerKind, trigger_facts
from iamglue.errors import IamglueError, MultipleErrors
from iamglue.generate.generate import DeploymentTarget, generate
from iamglue.generate.requirements.triggers import trigger_permissions
from iamglue.model.required_access import DeploymentScope

OWN = "123456789012"

# trigger -> principal, SourceArn, whether SourceAccount is set
PUSHED: dict[str, tuple[str, str | None, bool]] = {
    "s3": ("s3.amazonaws.com", "arn:aws:s3:::images-bucket", True),
    "sns": ("sns.amazonaws.com", f"arn:aws:sns:{HERE}:orders", False),
    "ses": ("ses.amazonaws.com", f"arn:aws:ses:{HERE}:receipt-rule-set/inbound:receipt-rule/tickets", True),
    "events": ("events.amazonaws.com", f"arn:aws:events:{HERE}:rule/shop/order-placed", False),
    "schedule": ("events.amazonaws.com", f"arn:aws:events:{HERE}:rule/nightly", False),
    "logs": ("logs.amazonaws.com", f"arn:aws:logs:{HERE}:log-group:/aws/lambda/other:*", True),
    "alarm": ("lambda.alarms.cloudwatch.amazonaws.com", f"arn:aws:cloudwatch:{HERE}:alarm:high-cpu", True),
    "iot": ("iot.amazonaws.com", f"arn:aws:iot:{HERE}:rule/thermostat", True),
    "cognito-idp": ("cognito-idp.amazonaws.com", f"arn:aws:cognito-idp:{HERE}:userpool/eu-west-1_AbCdEf", False),
    "cognito-sync": (
        "cognito-sync.amazonaws.com",
        f"arn:aws:cognito-identity:{HERE}:identitypool/eu-west-1:1f2e3d4c",
        True,
    ),
    "apigateway": ("apigateway.amazonaws.com", f"arn:aws:execute-api:{HERE}:a1b2c3/prod/GET/pets/*", False),
    "elasticloadbalancing": (
        "elasticloadbalancing.amazonaws.com",
        f"arn:aws:elasticloadbalancing:{HERE}:targetgroup/web/50dc6c49",
        True,
    ),
    "codecommit": ("codecommit.amazonaws.com", f"arn:aws:codecommit:{HERE}:shop", True),
    "config": ("config.amazonaws.com", f"arn:aws:config:{HERE}:config-rule/config-rule-abc123", True),
    "lex": ("lexv2.amazonaws.com", f"arn:aws:lex:{HERE}:bot-alias/BOT123/ALIAS1", True),
    "bedrock": ("bedrock.amazonaws.com", f"arn:aws:bedrock:{HERE}:agent/AGENT12345", True),
    "iot-provisioning": ("iot.amazonaws.com", f"arn:aws:iot:{HERE}:provisioningtemplate/bulbs", True),
    "iot-authorizer": ("iot.amazonaws.com", f"arn:aws:iot:{HERE}:authorizer/devices", False),
    "connect": ("connect.amazonaws.com", f"arn:aws:connect:{HERE}:instance/1f2e3d4c-0000-1111-2222-333344445555", True),
    "vpc-lattice": (
        "vpc-lattice.amazonaws.com",
        f"arn:aws:vpc-lattice:{HERE}:targetgroup/tg-0123456789abcdef0",
        False,
    ),
    "transfer": ("transfer.amazonaws.com", f"arn:aws:transfer:{HERE}:server/s-0123456789abcdef0", False),
    "appsync-authorizer": ("appsync.amazonaws.com", f"arn:aws:appsync:{HERE}:apis/abcdef123456", False),
    "secretsmanager": ("secretsmanager.amazonaws.com", None, True),
}
UNUSUAL = {"function-url", "alexa"}


@every_row("name", sorted(PUSHED))
def test_a_push_trigger_has_one_statement_with_what_its_service_sends(name: str) -> None:
    principal, source_arn, account = PUSHED[name]
    (found,) = permissions(trigger(name))
    assert (found.action, found.principal) == ("lambda:InvokeFunction", principal)
    assert found.source_arn == source_arn
    assert found.source_account == (OWN if account else None)
    assert (found.event_source_token, found.function_url_auth_type, found.invoked_via_function_url) == (None,) * 3


@every_row("name", sorted(VALUES))
def test_only_push_triggers_have_statements_and_all_of_them_have_one(name: str) -> None:
    facts = trigger_facts(name)
    assert facts is not None
    pushes = facts.kind is TriggerKind.PUSH
    assert pushes == (name in PUSHED or name in UNUSUAL)
    assert bool(permissions(trigger(name))) == pushes


@pytest.mark.parametrize("name", ["s3", "sns", "logs", "iot", "cognito-sync", "schedule", "apigateway"])
def test_the_push_triggers_of_the_blog_post_are_confined_to_their_source(name: str) -> None:
    (found,) = permissions(trigger(name))
    assert found.source_arn


@every_row("name", sorted(PUSHED))
def test_the_source_is_in_the_deployments_partition_and_region(name: str) -> None:
    scope = DeploymentScope("${AWS::Partition}", "${AWS::Region}", "${AWS::AccountId}")
    (found,) = permissions(trigger(name), scope)
    if found.source_arn:
        assert found.source_arn.startswith("arn:${AWS::Partition}:")
        assert name == "s3" or ":${AWS::Region}:${AWS::AccountId}:" in found.source_arn
    assert found.source_account in (None, "${AWS::AccountId}")


def test_a_bucket_of_another_account_is_confined_to_that_account() -> None:
    (found,) = permissions(trigger("s3", account=OTHER))
    assert (found.source_arn, found.source_account) == ("arn:aws:s3:::images-bucket", OTHER)


def test_a_buckets_arn_may_stand_with_its_owners_account() -> None:
    (found,) = permissions(trigger("s3", "arn:aws:s3:::images-bucket", account=OTHER))
    assert found.source_account == OTHER


def test_an_arn_tells_the_account_of_its_source() -> None:
    (found,) = permissions(trigger("alarm", f"arn:aws:cloudwatch:eu-west-1:{OTHER}:alarm:high-cpu"))
    assert found.source_account == OTHER


def test_a_topic_of_another_account_has_no_source_account() -> None:
    (found,) = permissions(trigger("sns", account=OTHER, region="us-east-1"))
    assert found.source_arn == f"arn:aws:sns:us-east-1:{OTHER}:orders"
    assert found.source_account is None


def test_a_whole_arn_parameter_is_the_source() -> None:
    (found,) = permissions(trigger("sns", {"Arn": "${TopicArn}"}))
    assert found.source_arn == "${TopicArn}"


def test_a_rule_on_the_default_bus_has_no_bus_in_its_arn() -> None:
    (found,) = permissions(trigger("events", "order-placed"))
    assert found.source_arn == f"arn:aws:events:{HERE}:rule/order-placed"


def test_the_arn_of_a_log_group_gets_its_ending() -> None:
    (found,) = permissions(trigger("logs", f"arn:aws:logs:{HERE}:log-group:/aws/lambda/other"))
    assert found.source_arn == f"arn:aws:logs:{HERE}:log-group:/aws/lambda/other:*"


@pytest.mark.parametrize("value", ["/aws/lambda/thumbs", f"arn:aws:logs:{HERE}:log-group:/aws/lambda/thumbs:*"])
def test_a_function_may_not_be_invoked_by_its_own_logs(value: str) -> None:
    with pytest.raises(IamglueError, match="own log group"):
        permissions(trigger("logs", value))


def test_a_config_rule_known_by_name_only_is_confined_by_account() -> None:
    (found,) = permissions(trigger("config", "encrypted-volumes"))
    assert (found.source_arn, found.source_account) == (None, OWN)
    assert "AWS Config generates the ID" in notes(trigger("config", "encrypted-volumes"))[0]
    assert not notes(trigger("config"))


def test_cognito_sync_is_said_to_be_closed() -> None:
    assert "closed to new customers" in notes(trigger("cognito-sync"))[0]


METHODS: list[tuple[dict[str, str] | str, str]] = [
    ("a1b2c3", "a1b2c3/*/*"),
    ({"api": "a1b2c3", "authorizer": "x1"}, "a1b2c3/authorizers/x1"),
    ({"api": "a1b2c3", "stage": "prod", "method": "sendmessage"}, "a1b2c3/prod/sendmessage"),
    ({"api": "a1b2c3", "stage": "prod"}, "a1b2c3/prod/*"),
    ({"api": "a1b2c3", "stage": "prod", "method": "ANY", "path": "/pets"}, "a1b2c3/prod/*/pets"),
    ({"api": "a1b2c3", "stage": "*", "method": "post", "path": "pets"}, "a1b2c3/*/POST/pets"),
    ({"api": "a1b2c3", "stage": "$default", "method": "GET", "path": "/"}, "a1b2c3/$default/GET/"),
    ({"api": "a1b2c3", "method": "GET", "path": "/{proxy+}"}, "a1b2c3/*/GET/*"),
    ({"api": "a1b2c3", "stage": "prod", "method": "$connect"}, "a1b2c3/prod/$connect"),
    ({"api": "a1b2c3", "method": "$default"}, "a1b2c3/*/$default"),
    ({"api": "${Api}", "stage": "${Stage}", "method": "GET", "path": "/${Path}"}, "${Api}/${Stage}/GET/${Path}"),
    (f"arn:aws:execute-api:{HERE}:a1b2c3/*/GET/pets", "a1b2c3/*/GET/pets"),
]


@every_row("value, resource", METHODS)
def test_an_api_is_confined_to_the_stage_method_and_path_it_names(value: dict[str, str] | str, resource: str) -> None:
    (found,) = permissions(trigger("apigateway", value))
    assert found.source_arn == f"arn:aws:execute-api:{HERE}:{resource}"


def test_the_parts_of_an_api_that_are_left_open_are_told() -> None:
    assert "any stage, method, path" in notes(trigger("apigateway", "a1b2c3"))[0]
    assert not notes(trigger("apigateway"))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"stage": "prod"}, "`api`, the API's ID, is missing"),
        ({"api": "a1b2c3", "stag": "prod"}, "`stag` is not a valid key"),
        ({"api": "a1b2c3", "method": "FETCH"}, "not a valid method"),
        ({"api": "a1b2c3", "method": "$connect", "path": "/x"}, "has no path"),
        ({"api": "a1b2c3", "stage": "prod/x"}, "contains a `/`"),
        ({"api": "a1b2c3", "path": "/pets/*"}, "pattern"),
        ({"api": "*"}, "pattern"),
    ],
)
def test_an_api_that_cannot_be_is_refused(value: dict[str, str], message: str) -> None:
    with pytest.raises(IamglueError, match=message) as caught:
        permissions(trigger("apigateway", value))
    assert caught.value.location == PLACE


def test_a_public_url_has_both_statements_for_everyone() -> None:
    url, invoke = permissions(trigger("function-url", "NONE"))
    assert (url.action, url.principal, url.function_url_auth_type) == ("lambda:InvokeFunctionUrl", "*", "NONE")
    assert (invoke.action, invoke.principal) == ("lambda:InvokeFunction", "*")
    assert invoke.invoked_via_function_url is True
    assert (url.invoked_via_function_url, invoke.function_url_auth_type) == (None, None)


@pytest.mark.parametrize("principal", [OTHER, f"arn:aws:iam::{OTHER}:role/caller", "${Caller}"])
def test_a_url_with_a_principal_has_both_statements_for_it(principal: str) -> None:
    url, invoke = permissions(trigger("function-url", {"principal": principal}))
    assert url.function_url_auth_type == "AWS_IAM"
    assert (url.principal, invoke.principal) == (principal, principal)
    assert invoke.invoked_via_function_url is True


@pytest.mark.parametrize("value", ["AWS_IAM", "none", {"principal": "caller"}, {"principal": "*"}, {"principl": OTHER}])
def test_a_url_without_clear_callers_is_refused(value: str | dict[str, str]) -> None:
    with pytest.raises(IamglueError) as caught:
        permissions(trigger("function-url", value))
    assert caught.value.hint


def test_an_alexa_skill_is_known_by_its_token() -> None:
    (found,) = permissions(trigger("alexa"))
    assert (found.principal, found.event_source_token) == ("alexa-appkit.amazon.com", VALUES["alexa"])
    assert (found.source_arn, found.source_account) == (None, None)


def test_a_smart_home_skill_has_a_principal_of_its_own() -> None:
    (found,) = permissions(trigger("alexa", {"skill": "amzn1.ask.skill.1", "smart_home": "true"}))
    assert (found.principal, found.event_source_token) == ("alexa-connectedhome.amazon.com", "amzn1.ask.skill.1")


def test_a_rotated_secret_may_be_replaced_by_the_function() -> None:
    secret = f"arn:aws:secretsmanager:{HERE}:secret:db/login-??????"
    names = ("DescribeSecret", "GetSecretValue", "PutSecretValue", "UpdateSecretVersionStage")
    expected = {(f"secretsmanager:{name}", secret) for name in names} | {("secretsmanager:GetRandomPassword", "*")}
    assert granted(trigger("secretsmanager")) == expected


def test_a_config_rule_puts_its_evaluations() -> None:
    assert granted(trigger("config")) == {("config:PutEvaluations", "*")}


@every_row("name", sorted(PUSHED.keys() - {"config", "secretsmanager"}))
def test_the_other_push_triggers_ask_nothing_of_the_role(name: str) -> None:
    assert granted(trigger(name)) == set()


def test_statement_ids_are_letters_and_digits_and_differ() -> None:
    asked = [trigger(name) for name in sorted(PUSHED.keys() | UNUSUAL)] + [trigger("sns", "or-ders"), trigger("sns")]
    one = function(*asked, trigger("sns", "or_ders"))
    found = [each.statement_id for every in one.triggers for each in trigger_permissions(every, one, SCOPE)]
    assert len(set(found)) == len(found)
    assert all(re.fullmatch(r"[A-Za-z0-9]{1,100}", name) for name in found)


def test_a_statement_id_does_not_change_with_the_region() -> None:
    (here,), (there,) = (
        permissions(trigger("sns")),
        permissions(trigger("sns"), DeploymentScope("aws", "us-east-1", OTHER)),
    )
    assert here.statement_id == there.statement_id == "SnsOrders"


@pytest.mark.parametrize(
    ("name", "arn", "other"),
    [
        ("sns", f"arn:aws:sqs:{HERE}:orders", "sqs"),
        ("iot", f"arn:aws:iot:{HERE}:provisioningtemplate/bulbs", "iot-provisioning"),
        ("kinesis", f"arn:aws:firehose:{HERE}:deliverystream/clicks", "firehose"),
        ("elasticloadbalancing", f"arn:aws:vpc-lattice:{HERE}:targetgroup/tg-0123456789abcdef0", "vpc-lattice"),
    ],
)
def test_the_arn_of_another_trigger_s_source_is_answered_with_that_trigger(name, arn, other) -> None:
    with pytest.raises(IamglueError) as error:
        permissions(trigger(name, arn))
    assert error.value.hint == f"this is the ARN of a source of the trigger `{other}`"


@pytest.mark.parametrize(
    ("name", "value"), [("vpc-lattice", "web"), ("transfer", "files"), ("iot-provisioning", "a b")]
)
def test_an_id_that_no_source_can_have_is_an_error(name, value) -> None:
    with pytest.raises((IamglueError, MultipleErrors), match="is not a valid name of"):
        generate(function(trigger(name, value)), DeploymentTarget("eu-west-1", OWN))


def test_the_servers_of_a_kafka_cluster_lead_to_the_trigger_for_it() -> None:
    with pytest.raises(IamglueError) as error:
        permissions(trigger("kafka", {"bootstrapServers": "a:9092", "topic": "t"}))
    assert "`self-managed-kafka`" in (error.value.hint or "")
