"""`iamglue services`: shows the verbs, actions and resource types of a service, and the triggers of a spec."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import click

from iamglue.catalog import operations, verbs
from iamglue.catalog import services as catalog
from iamglue.catalog.aliases import NameUse, canonical_name, name_choices, nearest_name
from iamglue.catalog.services import Action, Service
from iamglue.catalog.trigger_reference import trigger_reference, trigger_references
from iamglue.cli.completion_values import complete_services
from iamglue.cli.help_command import HelpCommand
from iamglue.cli.output import print_data
from iamglue.errors import ExitCode, IamglueError
from iamglue.formats.reports.service_json import operation_data, service_data, service_list_data, trigger_list_data
from iamglue.formats.reports.service_reference import (
    operation_text,
    service_text,
    trigger_list_text,
    trigger_text,
    two_column_text,
)
from iamglue.model.spec import AccessList
from iamglue.readers.spec.spec_usage import spec_usage
from iamglue.spelling import did_you_mean


@click.command(cls=HelpCommand)
@click.argument("service", required=False, shell_complete=complete_services)
@click.argument("word", required=False)
@click.option("--triggers", is_flag=True, help="Show the triggers of a spec; SERVICE is then the name of one.")
@click.option(
    "--format", type=click.Choice(("text", "json")), default="text", show_default=True, help="The format of the output."
)
def services(service: str | None, word: str | None, triggers: bool, format: str) -> ExitCode:
    """Show the names that a spec can use for a service.

    Without arguments, lists all services. With SERVICE (an IAM prefix), lists its verbs, triggers, settings, resource
    types, actions by access level and condition keys. With WORD (a verb, an SDK operation or an action), shows the
    actions and resources that it grants.

    With --triggers, lists what can invoke a function; with the name of a trigger, shows its keys, examples and what it
    grants to whom.
    """
    if triggers and word is not None:
        raise IamglueError("--triggers takes the name of one trigger", hint=f"remove {word}")
    answer = _trigger_answer(service) if triggers else _service_answer(service, word)
    if format == "json":
        print_data(json.dumps(answer.data, indent=2) + "\n", "json")
    else:
        print_data(answer.text, "text")
    return ExitCode.OK


@dataclass(frozen=True, slots=True)
class _Answer:
    """The same answer as text and as data for JSON."""

    text: str
    data: dict[str, Any]


def _trigger_answer(name: str | None) -> _Answer:
    """One trigger, or all of them for None. Raises IamglueError, with similar names, for an unknown one."""
    if name is None:
        references = trigger_references()
        return _Answer(trigger_list_text(references), trigger_list_data(references))
    reference = trigger_reference(name) or trigger_reference(canonical_name(name, NameUse.TRIGGER) or "")
    if reference is None:
        otherwise = "`iamglue services --triggers` lists them all"
        raise _unknown_name_error(f"there is no trigger `{name}`", name, NameUse.TRIGGER, otherwise)
    return _Answer(trigger_text(reference), trigger_list_data([reference]))


def _service_answer(prefix: str | None, word: str | None) -> _Answer:
    """All services, one service, or one word of a service. Raises IamglueError for an unknown one."""
    if prefix is None:
        names = [(name, _require_service(name).name) for name in catalog.service_prefixes()]
        return _Answer(two_column_text(names), service_list_data(names))
    service = _require_service(prefix)
    if word is not None:
        return _word_answer(service, word)
    service_verbs, usage = verbs.verbs(service.prefix), spec_usage(service.prefix)
    return _Answer(service_text(service, service_verbs, usage), service_data(service, service_verbs, usage))


def _require_service(name: str) -> Service:
    """The service with this prefix, or with another name that has one meaning. Raises IamglueError if there is none."""
    prefix = (canonical_name(name, NameUse.SERVICE) or name).partition("/")[0]
    service = catalog.find_service(name) or catalog.find_service(prefix)
    if service is not None:
        return service
    raise _unknown_name_error(
        f"there is no service `{name}`: expected an IAM prefix such as s3",
        name,
        NameUse.SERVICE,
        "`iamglue services` lists them all",
    )


def _unknown_name_error(message: str, name: str, use: NameUse, otherwise: str) -> IamglueError:
    """An error with what a name may mean; a program finds these in `choices`. `otherwise` is the hint without any."""
    choices = [str(choice) for choice in name_choices(name, use)]
    nearest = nearest_name(name, use)
    hint = "it may mean" if choices else f"did you mean `{nearest}`?" if nearest else otherwise
    return IamglueError(message, hint=hint, choices=choices)


def _word_answer(service: Service, word: str) -> _Answer:
    """What a word is in a service: a verb of a spec, in all lists that have it, an operation, or an action."""
    candidates = (verbs.find_verb(service.prefix, access, word) for access in AccessList)
    matching_verbs = [verb for verb in candidates if verb]
    names = dict.fromkeys(action for verb in matching_verbs for action in verb.actions)
    actions = tuple(names) if matching_verbs else _action_names(service, word)
    granted_actions = [_require_action(name) for name in actions]
    return _Answer(
        operation_text(service, word, matching_verbs, granted_actions),
        operation_data(service, word, matching_verbs, granted_actions),
    )


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
    """An error with the nearest verb, operation or action."""
    choices = {
        *(verb.name for verb in verbs.verbs(service.prefix)),
        *(action.name for action in service.actions.values()),
        *operations.operation_names(service.prefix),
    }
    return IamglueError(
        f"`{service.prefix}` has no verb, operation or action `{word}`",
        hint=did_you_mean(word, choices) or f"`iamglue services {service.prefix}` lists them",
    )


def _require_action(name: str) -> Action:
    """The action; a LookupError would be a bug of iamglue."""
    action = catalog.find_action(name)
    if action is None:
        raise LookupError(name)  # the name is from our own tables, which a test compares with the catalogue
    return action
