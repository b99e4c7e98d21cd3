"""What SAM connectors grant, compared with what AWS's translator makes of them."""

from __future__ import annotations

import json

import pytest
from support.reading_policies import read
from support.rows import every_row
from support.sam import CODE, account_of, function, resource, role_named, sam_template, statements_of, translate

from iamglue.catalog.maintain.refresh_sam import sam_connector_grants, sam_connector_resources
from iamglue.catalog.sam_connectors import connector_values, find_connector_grant

GRANTS = sam_connector_grants()


def arn(of):
    return {"Fn::GetAtt": [of, "Arn"]}


TRUST = {"Version": "2012-10-17", "Statement": []}
ROLE = resource("AWS::IAM::Role", AssumeRolePolicyDocument=TRUST)
# An end of a connector: its type, and a resource of this type with a role where it has one.
RESOURCES = {
    "AWS::ApiGateway::RestApi": resource("AWS::ApiGateway::RestApi", Name="api"),
    "AWS::ApiGatewayV2::Api": resource("AWS::ApiGatewayV2::Api", Name="api"),
    "AWS::AppSync::DataSource": resource("AWS::AppSync::DataSource", ServiceRoleArn=arn("Role")),
    "AWS::AppSync::GraphQLApi": resource("AWS::AppSync::GraphQLApi", Name="api"),
    "AWS::DynamoDB::Table": resource("AWS::DynamoDB::Table"),
    "AWS::Events::EventBus": resource("AWS::Events::EventBus", Name="bus"),
    "AWS::Events::Rule": resource("AWS::Events::Rule", Targets=[{"Id": "1", "Arn": arn("To"), "RoleArn": arn("Role")}]),
    "AWS::Lambda::Function": resource("AWS::Lambda::Function", Role=arn("Role")),
    "AWS::Location::PlaceIndex": resource("AWS::Location::PlaceIndex", IndexName="index"),
    "AWS::S3::Bucket": resource("AWS::S3::Bucket"),
    "AWS::SNS::Topic": resource("AWS::SNS::Topic"),
    "AWS::SQS::Queue": resource("AWS::SQS::Queue"),
    "AWS::StepFunctions::StateMachine": resource("AWS::StepFunctions::StateMachine", RoleArn=arn("Role")),
}
ENDS = sorted(tuple(pair.split(" > ")) for pair in GRANTS)


def connector(permissions, source=None, destination=None):
    return resource(
        "AWS::Serverless::Connector",
        Source=source or {"Id": "From"},
        Destination=destination or {"Id": "To"},
        Permissions=permissions,
    )


def permissions_of(source, destination):
    return list(GRANTS[f"{source} > {destination}"]["permissions"])


def granted(account):
    """The statements of all policies and permissions, in an order and a form that do not depend on the author."""
    statements = statements_of(
        policy for role in account.roles for policy in role.policies if not policy.is_aws_managed
    )
    for found_function in account.functions:
        statements += statements_of(permission.policy for permission in found_function.permissions)
    texts = [
        json.dumps({key: value for key, value in row.items() if key != "Sid"}, sort_keys=True) for row in statements
    ]
    return sorted(texts)


@every_row("source, destination", ENDS)
def test_a_connector_grants_what_the_translator_makes_of_it(source, destination):
    resources = {
        "Role": ROLE,
        "From": RESOURCES[source],
        "To": RESOURCES[destination],
        "Link": connector(permissions_of(source, destination)),
    }
    template = sam_template(resources)
    account = account_of(template)
    assert account.gaps == ()
    assert granted(account) == granted(account_of(translate(template)))


@pytest.mark.parametrize("permissions", [["Read"], ["Write"], ["Read", "Write"]])
def test_an_embedded_connector_is_one_of_its_resource(permissions):
    source = function() | {
        "Connectors": {"Data": {"Properties": {"Destination": {"Id": "To"}, "Permissions": permissions}}}
    }
    template = sam_template({"From": source, "To": resource("AWS::Serverless::SimpleTable")})
    ours, theirs = granted(account_of(template)), granted(account_of(translate(template)))
    assert ours
    assert ours == theirs


def test_each_destination_of_a_list_is_connected():
    template = sam_template(
        {
            "From": function(),
            "To": RESOURCES["AWS::SQS::Queue"],
            "Other": RESOURCES["AWS::SNS::Topic"],
            "Link": connector(["Write"], destination=[{"Id": "To"}, {"Id": "Other"}]),
        }
    )
    ours = account_of(template)
    assert granted(ours) == granted(account_of(translate(template)))
    assert [policy.name for policy in role_named(ours, "FromRole").policies][1:] == [
        "LinkPolicyDestination0",
        "LinkPolicyDestination1",
    ]


def test_a_destination_elsewhere_is_described_by_its_arn():
    elsewhere = {"Type": "AWS::S3::Bucket", "Arn": {"Fn::ImportValue": "Images"}}
    template = sam_template({"From": function(), "Link": connector(["Read"], destination=elsewhere)})
    resources = {
        text
        for row in statements_of(role_named(account_of(template), "FromRole").policies[1:])
        for text in row["Resource"]
    }
    assert resources == {"${ImportValue.Images}", "${ImportValue.Images}/*"}


def test_a_qualifier_narrows_who_may_invoke_the_function():
    template = sam_template(
        {
            "From": RESOURCES["AWS::ApiGatewayV2::Api"],
            "To": function(),
            "Link": connector(["Write"], source={"Id": "From", "Qualifier": "prod/GET/images"}),
        }
    )
    assert granted(account_of(template)) == granted(account_of(translate(template)))
    assert "prod/GET/images" in "".join(granted(account_of(template)))


UNKNOWN = [
    (connector(["Write"], destination={"Id": "NotHere"}), "`NotHere` is not in the template"),
    (connector(["Write"], destination={"Type": "AWS::SQS::Queue"}), "it has no `Destination.Arn`"),
    (connector(["Publish"]), "SAM does not accept its permissions: Publish"),
    (connector([]), "SAM does not accept its permissions: none"),
    (
        connector(["Read"], destination={"Type": "AWS::EC2::Instance", "Arn": "x"}),
        "SAM has no connector from `AWS::Lambda::Function` to `AWS::EC2::Instance`",
    ),
    (connector(["Write"], destination={"Fn::Transform": {"Name": "Macro"}}), "its source or destination is not known"),
]


@pytest.mark.parametrize(("link", "reason"), UNKNOWN, ids=[reason for _, reason in UNKNOWN])
def test_a_connector_that_cannot_be_evaluated_is_reported_with_the_reason(link, reason):
    template = sam_template({"From": function(), "To": RESOURCES["AWS::SQS::Queue"], "Link": link})
    assert [(gap.what, gap.reason, gap.policies_unknown) for gap in account_of(template).gaps] == [
        ("what the connector `Link` grants", reason, True)
    ]


def test_a_connector_of_a_function_whose_role_is_elsewhere_is_reported():
    source = resource("AWS::Serverless::Function", **CODE, Role={"Ref": "RoleArn"})
    template = sam_template({"From": source, "To": RESOURCES["AWS::SQS::Queue"], "Link": connector(["Write"])})
    assert "the role of its source is not in the template" in [gap.reason for gap in account_of(template).gaps]


def test_what_sam_writes_for_a_connector_is_nothing_that_lint_judges():
    template = sam_template({"From": function(), "To": RESOURCES["AWS::S3::Bucket"], "Link": connector(["Read"])})
    assert read(json.dumps(template), "template.json").policies == ()


def test_the_table_of_connectors_is_that_of_the_translator():
    for pair, row in GRANTS.items():
        grant = find_connector_grant(*pair.split(" > "))
        assert (grant.type, grant.owner, grant.permissions) == (row["type"], row["owner"], row["permissions"])
    resources = sam_connector_resources()
    assert {kind: connector_values(kind) for kind in resources} == resources
