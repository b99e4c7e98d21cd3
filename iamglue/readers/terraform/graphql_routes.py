"""Fields of AppSync APIs that call a function for everyone who has the API's key, of a Terraform configuration or plan.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/appsync_graphql_api
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/appsync_datasource
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iamglue.readers.templates.account_draft import AccountDraft
from iamglue.readers.templates.graphql_routes import authentication_access, visibility_access
from iamglue.readers.templates.open_routes import API_NOT_IN_TEMPLATE, RouteAccess, add_route
from iamglue.readers.templates.template_functions import FunctionIndex
from iamglue.readers.terraform.reference_values import attribute_parameter
from iamglue.readers.terraform.resources import TerraformResource

_API, _SOURCE, _RESOLVER = "aws_appsync_graphql_api", "aws_appsync_datasource", "aws_appsync_resolver"
_GRAPHQL_RESOURCES = frozenset({_API, _SOURCE, _RESOLVER})


def add_graphql_routes(resources: Iterable[TerraformResource], draft: AccountDraft, functions: FunctionIndex) -> None:
    """Add the fields that an API key opens to the functions that answer them."""
    own = [resource for resource in resources if resource.kind in _GRAPHQL_RESOURCES]
    apis = {
        draft.fill_references(f"${{{attribute_parameter(api.address, 'id')}}}"): api for api in own if api.kind == _API
    }
    fields: dict[tuple[str, str], list[str]] = {}
    for resolver in own:
        if resolver.kind == _RESOLVER:
            key = draft.fill_references(resolver.text("api_id")), resolver.text("data_source")
            fields.setdefault(key, []).append(f"{resolver.text('type')}.{resolver.text('field')}")
    for source in own:
        if source.kind != _SOURCE:
            continue
        reference = draft.fill_references(source.text("api_id"))
        api = apis.get(reference)
        function = functions.find(draft.fill_references(source.nested_text("lambda_config", "function_arn")))
        names = (source.text("name"), f"${{{attribute_parameter(source.address, 'name')}}}")
        routes = [field for name in dict.fromkeys(names) for field in fields.get((reference, name), ())]
        label = api.label if api is not None else reference
        for route in routes or [source.text("name")]:
            add_route(function, label, route, *_access(api))


def _access(api: TerraformResource | None) -> Iterator[RouteAccess]:
    """What clients of an API need."""
    if api is None:
        yield API_NOT_IN_TEMPLATE
        return
    others = (block.text("authentication_type") for block in api.blocks("additional_authentication_provider"))
    yield visibility_access(api.possible_texts("visibility"))
    yield authentication_access((*api.possible_texts("authentication_type"), *others))
