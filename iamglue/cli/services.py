"""`iamglue services`: shows the verbs, actions and resource types of a service."""

from __future__ import annotations

import click

from iamglue.catalog import operations, verbs
from iamglue.catalog import services as catalog
from iamglue.catalog.services import Action, Service
from iamglue.catalog.spelling import did_you_mean
from iamglue.cli.output import print_data
from iamglue.errors import ExitCode, IamglueError
from iamglue.formats.reports.service_reference import operation_text, service_text, two_column_text
from iamglue.model.spec import AccessList


@click.command()
@click.argument("service", required=False)
@click.argument("word", required=False)
def services(service: str | None, word: str | None) -> ExitCode:
    """Show the names that a spec can use for a service.

    Without arguments, lists all services. With SERVICE (an IAM prefix), lists its verbs, resource types, actions by
    access level and condition keys. With WORD (a verb, an SDK operation or an action), shows the actions and resources
    that it grants.
    """
    if service is None:
        print_data(
            two_column_text((prefix, _require_service(prefix).name) for prefix in catalog.service_prefixes()), "text"
        )
        return ExitCode.OK
    entry = _require_service(service)
    if word is None:
        print_data(service_text(entry, verbs.verbs(entry.prefix)), "text")
        return ExitCode.OK
    print_data(_word_text(entry, word), "text")
    return ExitCode.OK


def _require_service(prefix: str) -> Service:
    """The service with this prefix. Raises IamglueError if there is none."""
    service = catalog.find_service(prefix)
    if service is not None:
        return service
    client = operations.client_prefix(prefix)
    hint = f"the IAM prefix of the SDK client `{prefix}` is `{client}`" if client else None
    raise IamglueError(
        f"{prefix} is not a service, expected an IAM prefix such as s3",
        hint=hint or did_you_mean(prefix, catalog.service_prefixes()) or "`iamglue services` lists them all",
    )


def _word_text(service: Service, word: str) -> str:
    candidates = (verbs.find_verb(service.prefix, access, word) for access in AccessList)
    matching_verbs = [verb for verb in candidates if verb]
    names = dict.fromkeys(action for verb in matching_verbs for action in verb.actions)
    actions = tuple(names) if matching_verbs else _action_names(service, word)
    return operation_text(service, word, matching_verbs, [_require_action(name) for name in actions])


def _action_names(service: Service, word: str) -> tuple[str, ...]:
    """Actions of an action name or SDK operation. Raises IamglueError if it is unknown."""
    action = service.actions.get(word.removeprefix(f"{service.prefix}:").lower())
    if action is not None:
        return (str(action),)
    names = operations.operation_actions(service.prefix, word)
    if names is None:
        raise _unknown_word_error(service, word)
    return names


def _unknown_word_error(service: Service, word: str) -> IamglueError:
    choices = {
        *(verb.name for verb in verbs.verbs(service.prefix)),
        *(action.name for action in service.actions.values()),
        *operations.operation_names(service.prefix),
    }
    return IamglueError(
        f"{service.prefix} has no verb, operation or action {word}",
        hint=did_you_mean(word, choices) or f"`iamglue services {service.prefix}` lists them",
    )


def _require_action(name: str) -> Action:
    action = catalog.find_action(name)
    if action is None:
        raise LookupError(name)  # the name is from our own tables, which a test compares with the catalogue
    return action
