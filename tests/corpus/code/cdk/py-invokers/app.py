import aws_cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_logs_destinations as destinations
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration


def function(scope, name, **variables):
    return lambda_.Function(
        scope,
        name,
        runtime=lambda_.Runtime.PYTHON_3_13,
        code=lambda_.Code.from_asset("code"),
        handler=HANDLERS[name],
        environment=variables or None,
    )


HANDLERS = {"Web": "web.handler", "Logs": "logs.handler"}
app = aws_cdk.App()
stack = aws_cdk.Stack(app, "Invokers")
users = cognito.UserPool(stack, "Users")
client = users.add_client("WebClient")
web = function(stack, "Web", POOL=users.user_pool_id, CLIENT=client.user_pool_client_id)
users.add_trigger(cognito.UserPoolOperation.PRE_SIGN_UP, web)
rest = apigateway.LambdaRestApi(stack, "Rest", handler=web, proxy=False)
rest.root.add_resource("items").add_method("GET")
http = apigatewayv2.HttpApi(stack, "Http")
http.add_routes(path="/items", methods=[apigatewayv2.HttpMethod.GET], integration=HttpLambdaIntegration("Items", web))
key = kms.Key(stack, "Key")
group = logs.LogGroup(stack, "Group")
group.add_subscription_filter(
    "All",
    destination=destinations.LambdaDestination(function(stack, "Logs", KEY=key.key_id)),
    filter_pattern=logs.FilterPattern.all_events(),
)
app.synth()
