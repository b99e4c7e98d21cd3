"""`iamglue services`: what a spec may say of a service."""

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
    """Show what a spec may say of a service.

    Without arguments, every service. With a SERVICE (its IAM prefix), its verbs, resource types, actions by access
    level and condition keys. With a WORD too (a verb, an SDK operation or an action), what that word grants on what.
    """
    if service is None:
        print_data(two_column_text((prefix, _service(prefix).name) for prefix in catalog.service_prefixes()), "text")
        return ExitCode.OK
    found = _service(service)
    if word is None:
        print_data(service_text(found, verbs.verbs(found.prefix)), "text")
        return ExitCode.OK
    print_data(_word_text(found, word), "text")
    return ExitCode.OK


def _service(prefix: str) -> Service:
    found = catalog.find_service(prefix)
    if found is not None:
        return found
    client = operations.client_prefix(prefix)
    hint = f"the SDK's client `{prefix}` is the service `{client}`" if client else None
    raise IamglueError(
        f"there is no service {prefix}, expected an IAM prefix such as s3",
        hint=hint or did_you_mean(prefix, catalog.service_prefixes()) or "`iamglue services` lists them all",
    )


def _word_text(service: Service, word: str) -> str:
    wanted = (verbs.find_verb(service.prefix, access, word) for access in AccessList)
    of_that_name = [verb for verb in wanted if verb]
    names = dict.fromkeys(action for verb in of_that_name for action in verb.actions)
    granted = tuple(names) if of_that_name else _by_name(service, word)
    return operation_text(service, word, of_that_name, [_action(name) for name in granted])


def _by_name(service: Service, word: str) -> tuple[str, ...]:
    action = service.actions.get(word.removeprefix(f"{service.prefix}:").lower())
    if action is not None:
        return (str(action),)
    found = operations.operation_actions(service.prefix, word)
    if found is None:
        raise _unknown(service, word)
    return found


def _unknown(service: Service, word: str) -> IamglueError:
    choices = {
        *(verb.name for verb in verbs.verbs(service.prefix)),
        *(action.name for action in service.actions.values()),
        *operations.operation_names(service.prefix),
    }
    return IamglueError(
        f"{service.prefix} has no verb, operation or action {word}",
        hint=did_you_mean(word, choices) or f"`iamglue services {service.prefix}` lists them",
    )


def _action(name: str) -> Action:
    found = catalog.find_action(name)
    if found is None:
        raise LookupError(name)  # our own tables name it: a test compares them with the catalogue
    return found
