"""Whether everyone may call a function by a route: yes, no, or not known, with the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from iamglue.engine.evaluate.truth import Truth
from iamglue.model.account import OpenRoute
from iamglue.policy.patterns.variables import has_parameters
from iamglue.readers.templates.function_draft import FunctionDraft

_NONE, _PREFLIGHT = "NONE", "OPTIONS"


@dataclass(frozen=True, slots=True)
class RouteAccess:
    """Whether one setting lets everyone call a route; `reason` says why it is not known, if `is_open` is None."""

    is_open: Truth
    reason: str = ""


OPEN, RESTRICTED = RouteAccess(is_open=True), RouteAccess(is_open=False)
API_NOT_IN_TEMPLATE = RouteAccess(None, "the API is not in the template")
API_POLICY = RouteAccess(None, "the API has a resource policy, which is not evaluated for it")
OPENAPI_DEFINITION = RouteAccess(None, "the API is defined in OpenAPI, which is not read")


def authorization_access(texts: Iterable[str]) -> RouteAccess:
    """The access by the values that an authorization type can have: `NONE`, or empty for the default, lets all call."""
    return access_by_values("the type of its authorization", texts, lambda text: text.upper() in ("", _NONE))


def key_access(texts: Iterable[str]) -> RouteAccess:
    """The access by the values that the need of an API key can have."""
    return access_by_values("whether it needs an API key", texts, lambda text: text.lower() in ("", "false"))


def endpoint_access(types: Iterable[str]) -> RouteAccess:
    """The access by the types of the endpoint of a REST API: only a private one is not on the internet."""
    return access_by_values("the type of the API's endpoint", types, lambda text: text != "PRIVATE")


def is_preflight(verb: str) -> bool:
    """Whether requests with this method have no credentials, so that no API asks for them."""
    return verb.upper() == _PREFLIGHT


def add_route(
    function: FunctionDraft | None,
    api: str,
    route: str,
    *settings: RouteAccess,
    kind: str = "API",
) -> None:
    """Add a route to the function that it calls, if it is open; record that it is not known, unless it is closed."""
    if function is None or any(setting.is_open is False for setting in settings):
        return
    reasons = [setting.reason for setting in settings if setting.is_open is None]
    if not reasons:
        function.open_routes.append(OpenRoute(api, route, kind))
        return
    function.unknown_routes.setdefault((kind, api, reasons[0]), []).append(route)


def access_by_values(what: str, texts: Iterable[str], allows_everyone: Callable[[str], bool]) -> RouteAccess:
    """The access by the values that a setting can have, of which `allows_everyone` says whether everyone may call."""
    values = list(texts)
    if any(map(has_parameters, values)):
        return RouteAccess(None, f"{what} is not known before deployment")
    results = {allows_everyone(text) for text in values}
    if len(results) > 1:
        return RouteAccess(None, f"{what} depends on a condition")
    return OPEN if results != {False} else RESTRICTED
