"""Errors for names of services, triggers and settings that a spec does not know, with what the user may mean."""

from __future__ import annotations

from collections.abc import Collection

from iamglue.catalog.aliases import NameChoice, NameUse, canonical_name, name_choices, nearest_name
from iamglue.catalog.services import service_prefixes
from iamglue.catalog.triggers import trigger_names
from iamglue.errors import IamglueError
from iamglue.policy.source.nodes import Node
from iamglue.readers.spec.spec_schemas import SETTINGS_KEYS
from iamglue.spelling import did_you_mean


def unknown_service_error(key: Node) -> IamglueError:
    """Return the error for an entry whose key names no service."""
    word = key.text.partition("/")[0] if not key.text.startswith("@") else key.text
    if word in trigger_names() and not name_choices(word, NameUse.SERVICE):
        hint = f"`{word}` is a trigger: write it in the list `triggers`"
        return IamglueError(f"unknown service `{word}`", hint=hint, location=key.location)
    return _unknown_name_error(word, NameUse.SERVICE, key, "`iamglue services` lists the services")


def unknown_trigger_error(key: Node) -> IamglueError:
    """Return the error for an item of `triggers` whose key names no trigger."""
    listed = f"the valid triggers are {', '.join(trigger_names())}"
    service = canonical_name(key.text, NameUse.SERVICE) or key.text
    if service.partition("/")[0] in service_prefixes() and not name_choices(key.text, NameUse.TRIGGER):
        listed = (
            f"`{service}` invokes no function: write what the function does with it in `reads`, `writes` or `calls`"
        )
        return IamglueError(f"unknown trigger `{key.text}`", hint=listed, location=key.location)
    return _unknown_name_error(key.text, NameUse.TRIGGER, key, listed)


def unknown_option_error(key: Node, options: Collection[str], use: NameUse) -> IamglueError:
    """Return the error for a key that is not one of the options of an entry or trigger."""
    return IamglueError(
        f"unknown option `{key.text}`",
        hint=_known_word_hint(key.text, use, options)
        or did_you_mean(key.text, options)
        or f"the valid options are {', '.join(sorted(options))}",
        location=key.location,
    )


def key_hint(word: str, keys: Collection[str]) -> str:
    """Return what to write instead of a key that a spec, or the body of a function, does not have."""
    if word in SETTINGS_KEYS:
        return f"`{word}` is a setting: write it below `settings`"
    if settings := setting_choices(word):
        return f"write a setting below `settings`: {'; or '.join(settings)}"
    return (
        _known_word_hint(word, NameUse.KEY, keys)
        or did_you_mean(word, keys)
        or f"the valid keys here are {', '.join(keys)}"
    )


def setting_choices(word: str) -> tuple[str, ...]:
    """Return the settings that another tool's word may stand for, each with its meaning."""
    return tuple(str(choice) for choice in name_choices(word, NameUse.SETTING))


def _known_word_hint(word: str, use: NameUse, valid: Collection[str]) -> str | None:
    """Return what to write instead of another tool's word; None if it stands for nothing that is valid here."""
    choices = [choice for choice in name_choices(word, use) if not choice.name or choice.name in valid]
    return _single_choice_hint(choices[0]) if choices else None


def _unknown_name_error(word: str, use: NameUse, key: Node, otherwise: str) -> IamglueError:
    """The error with what another tool's word may mean, or the nearest name, or `otherwise` as its hint."""
    choices = name_choices(word, use)
    message = f"unknown {use} `{word}`"
    if len(choices) > 1:
        hint = "it may mean several things; write the one that you mean"
        return IamglueError(message, hint=hint, location=key.location, choices=map(str, choices))
    if choices:
        return IamglueError(message, hint=_single_choice_hint(choices[0]), location=key.location)
    nearest = nearest_name(word, use)
    return IamglueError(message, hint=f"did you mean `{nearest}`?" if nearest else otherwise, location=key.location)


def _single_choice_hint(choice: NameChoice) -> str:
    """The hint for a word with one meaning; one without a name says only what to do."""
    if not choice.name:
        return choice.meaning
    return f"did you mean `{choice.name}`? ({choice.meaning})" if choice.meaning else f"did you mean `{choice.name}`?"
