"""Fields of AppSync APIs that call a function for everyone who has the API's key, of CloudFormation templates.

AWS calls such an API unauthenticated: the key is in the program of each client, and limits only how much they ask.

https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-appsync-graphqlapi.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from iamglue.policy.patterns.variables import has_parameters
from iamglue.readers.templates.open_routes import (
    API_NOT_IN_TEMPLATE,
    OPEN,
    RESTRICTED,
    RouteAccess,
    access_by_values,
    add_route,
)
from iamglue.readers.templates.template_functions import FunctionIndex
from iamglue.readers.templates.template_properties import ResourceProperties, resource_of_reference

_API, _SOURCE, _RESOLVER = "AWS::AppSync::GraphQLApi", "AWS::AppSync::DataSource", "AWS::AppSync::Resolver"
_API_KEY = "API_KEY"
_MIXED = RouteAccess(None, "the API has several types of authorization, and its schema, which is not read, decides")
_UNKNOWN = RouteAccess(None, "the type of its authorization is not known before deployment")


def add_graphql_routes(resources: Mapping[str, ResourceProperties], functions: FunctionIndex) -> None:
    """Add the fields that an API key opens to the functions that answer them."""
    fields: dict[tuple[str, str], list[str]] = {}
    for resolver in resources.values():
        if resolver.resource.type == _RESOLVER:
            key = resolver.text("ApiId"), resolver.text("DataSourceName")
            fields.setdefault(key, []).append(f"{resolver.text('TypeName')}.{resolver.text('FieldName')}")
    for source in resources.values():
        if source.resource.type != _SOURCE:
            continue
        api = resource_of_reference(source.text("ApiId"), resources)
        api = api if api is not None and api.resource.type == _API else None
        function = functions.find(source.text("LambdaConfig", "LambdaFunctionArn"))
        names = (source.text("Name"), f"${{{source.id}.Name}}")
        routes = [field for name in dict.fromkeys(names) for field in fields.get((source.text("ApiId"), name), ())]
        label = api.id if api is not None else source.text("ApiId")
        for route in routes or [source.text("Name")]:
            add_route(function, label, route, *_access(api))


def _access(api: ResourceProperties | None) -> Iterator[RouteAccess]:
    """What clients of an API need."""
    if api is None:
        yield API_NOT_IN_TEMPLATE
        return
    others = [item.text("AuthenticationType") for item in api.items("AdditionalAuthenticationProviders")]
    yield visibility_access(api.possible_texts("Visibility"))
    yield authentication_access((*api.possible_texts("AuthenticationType"), *others))


def visibility_access(visibilities: Iterable[str]) -> RouteAccess:
    """The access by the values that the visibility of an API can have: a private one is not on the internet."""
    return access_by_values("whether the API is private", visibilities, lambda text: text != "PRIVATE")


def authentication_access(kinds: Sequence[str]) -> RouteAccess:
    """The access by types of authentication, of which each is enough: everyone has the key, if it is the only one."""
    if any(map(has_parameters, kinds)):
        return _UNKNOWN
    has_key = [text == _API_KEY for text in kinds]
    if not any(has_key):
        return RESTRICTED
    return OPEN if all(has_key) else _MIXED
