"""An API calls a function by a route without authorization.

Everyone on the internet who knows the address of the API can then call the function. That is usual for web sites and
web hooks, so it is a suggestion: a function behind such a route must authenticate its callers itself, or do nothing
that needs authentication.

These are reported: methods of REST APIs with the authorization type `NONE` and without an API key, routes of HTTP APIs
without an authorizer, routes of WebSocket APIs whose clients connect without one, and events of SAM and serverless.yml
for which neither the event nor its API has one. Answers to preflight requests (`OPTIONS`) are not reported. Listeners
of a load balancer on the internet that forward requests to the function without authentication are reported too, and
so are data sources of AppSync APIs that an API key opens, which is AWS's way to limit requests to an API without
authentication. A function URL without authentication is reported by `public-invoke`.

The rule reads only templates: CloudFormation, SAM, the AWS CDK, serverless.yml and Terraform. A route whose
authorization depends on a value that is not known before deployment, a resource policy, a definition in OpenAPI or an
API of another stack is reported as not evaluated.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-to-api.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.audit.rule import AuditContext, RoleContext, RoleRule, RoleViolation
from iamglue.findings import Severity
from iamglue.lint.analysis.required_key import format_first_names

RULE = RoleRule(Severity.SUGGESTION, risk=5)


def check(context: RoleContext, _audit: AuditContext) -> Iterator[RoleViolation]:
    """Yield a violation for each API that calls a function without authorization."""
    for function in context.functions:
        routes: dict[tuple[str, str], list[str]] = {}
        for open_route in function.open_routes:
            routes.setdefault((open_route.kind, open_route.api), []).append(open_route.route)
        for (kind, api), names in routes.items():
            yield RoleViolation(
                f"everyone on the internet may call the function through the {kind} `{api}`, which does not require "
                f"authorization for {format_first_names(tuple(dict.fromkeys(names)))}",
                "add an authorizer to the route, or authenticate callers in the function",
                function.name,
                about=(api, *sorted(names)),
            )
