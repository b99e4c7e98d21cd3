"""Resources with a role each, in moto, and a policy that names them for an escalation path."""

from __future__ import annotations

import io
import json
import zipfile

from aws.deployed import ACCOUNT, REGION, allow, client

HERE = f"{REGION}:{ACCOUNT}"
RUNNER_ARN = f"arn:aws:iam::{ACCOUNT}:role/runner"
ENDPOINT = f"arn:aws:glue:{HERE}:devEndpoint/shop"
NOTEBOOK = f"arn:aws:sagemaker:{HERE}:notebook-instance/shop"
PROJECT = f"arn:aws:codebuild:{HERE}:project/shop"
SERVICE = f"arn:aws:apprunner:{HERE}:service/shop/1"
STACK = f"arn:aws:cloudformation:{HERE}:stack/shop/*"
ACTIONS = {
    ENDPOINT: "glue:UpdateDevEndpoint",
    NOTEBOOK: "sagemaker:CreatePresignedNotebookInstanceUrl",
    PROJECT: "codebuild:StartBuild",
    SERVICE: "apprunner:UpdateService",
    STACK: "cloudformation:UpdateStack",
}


# What App Runner answers, in place of moto.
SERVICE_ANSWER = {"Service": {"ServiceArn": SERVICE, "InstanceConfiguration": {"InstanceRoleArn": RUNNER_ARN}}}


def deploy_named_resources() -> None:
    """All of these resources, and an instance, which the inline policy of `photos-role` then names too."""
    deploy_runner(allow("s3:GetObject"))
    deploy_resources_with_role()
    policy = allow_each({"*": "s3:PutObject", **ACTIONS, start_instance(): "ssm:SendCommand"})
    client("iam").put_role_policy(RoleName="photos-role", PolicyName="inline", PolicyDocument=policy)
    deploy_layer("999999999999")


def deploy_layer(principal: str) -> str:
    """A layer version that the function `photos` uses, and that the principal may use; its ARN."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as file:
        file.writestr("tools.py", "")
    aws = client("lambda")
    layer = aws.publish_layer_version(LayerName="tools", Content={"ZipFile": code.getvalue()})
    aws.add_layer_version_permission(
        LayerName="tools",
        VersionNumber=layer["Version"],
        StatementId="share",
        Action="lambda:GetLayerVersion",
        Principal=principal,
    )
    aws.update_function_configuration(FunctionName="photos", Layers=[layer["LayerVersionArn"]])
    return layer["LayerVersionArn"]


def allow_each(actions: dict[str, str]) -> str:
    """A policy that allows an action on a resource each."""
    statements = [{"Effect": "Allow", "Action": action, "Resource": arn} for arn, action in actions.items()]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def deploy_runner(policy: str) -> None:
    """The role of the resources, with its instance profile."""
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    client("iam").create_role(RoleName="runner", AssumeRolePolicyDocument=document)
    client("iam").put_role_policy(RoleName="runner", PolicyName="all", PolicyDocument=policy)
    client("iam").create_instance_profile(InstanceProfileName="runner")
    client("iam").add_role_to_instance_profile(InstanceProfileName="runner", RoleName="runner")


def start_instance(profile: str | None = "runner") -> str:
    """An instance, with an instance profile or without; its ARN."""
    more = {"IamInstanceProfile": {"Name": profile}} if profile else {}
    started = client("ec2").run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1, **more)
    return f"arn:aws:ec2:{HERE}:instance/{started['Instances'][0]['InstanceId']}"


def deploy_resources_with_role() -> None:
    """The resources of `ACTIONS` but the App Runner service, which moto does not have."""
    client("codebuild").create_project(
        name="shop",
        source={"type": "S3", "location": "shop/source.zip"},
        artifacts={"type": "NO_ARTIFACTS"},
        environment={"type": "LINUX_CONTAINER", "image": "shop", "computeType": "BUILD_GENERAL1_SMALL"},
        serviceRole=RUNNER_ARN,
    )
    template = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    client("cloudformation").create_stack(StackName="shop", TemplateBody=json.dumps(template), RoleARN=RUNNER_ARN)
    client("glue").create_dev_endpoint(EndpointName="shop", RoleArn=RUNNER_ARN)
    client("sagemaker").create_notebook_instance(
        NotebookInstanceName="shop", InstanceType="ml.t3.medium", RoleArn=RUNNER_ARN
    )
