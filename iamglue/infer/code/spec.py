"""The spec of a function from what was inferred from its code, each entry with the lines that need it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from iamglue.catalog.kms_keys import kms_actions
from iamglue.catalog.resource_formats import action_resource_types
from iamglue.catalog.verbs import Verb, limiting_condition_keys, verbs
from iamglue.errors import Location, MultipleErrors
from iamglue.generate.requirements.function_requirements import function_requirements
from iamglue.infer.code.calls import CodePlace
from iamglue.infer.code.own_function import OWN_NAME
from iamglue.infer.code.passed_roles import PASS_ROLE
from iamglue.infer.entries import EntryGroup, access_action, group_entries
from iamglue.infer.entry_grants import ANY_SCOPE, is_valid_entry
from iamglue.infer.evidence import ConditionalAccess, InferredAccess, InferredCode
from iamglue.infer.spec_parameters import spec_parameter
from iamglue.model.spec import AccessEntry, AccessList, SpecFunction, SpecResource
from iamglue.model.spec_comments import CommentedFunction, DisabledEntry

_PARAMETER = re.compile(r"\$\{([^{}$]+)\}")
_WORDS = re.compile(r"[A-Za-z0-9]+")
_ANY, _ELEMENT = "*", "[]"
_KMS = "kms:"
# Places that a comment lists; the others are counted.
_MAX_PLACES = 3
_NO_NAME = "the code does not say which: name it"


def code_spec(inferred: InferredCode, function: SpecFunction) -> CommentedFunction:
    """The function with the entries for its code, and comments for what is not granted or not known."""
    names = _ParameterNames(function.name)
    reached = [item for item in inferred.access if item.is_reached]
    passed = {role for item in reached for role in item.entry.pass_role}
    granted = [item for item in reached if item.action != PASS_ROLE or item.resource not in passed]
    by_entry = _by_entry(_with_keys(granted), names)
    comments: dict[AccessEntry, tuple[str, ...]] = {}
    entries: list[AccessEntry] = []
    invalid: list[DisabledEntry] = []
    for group in entry_groups(by_entry):
        items = [item for access in group.accesses for item in by_entry[access]]
        lines = tuple(_entry_comments(group.entry, items))
        if not is_valid_entry(group.entry):
            invalid.append(DisabledEntry(group.entry, (*lines, *_problems(group.entry))))
        else:
            entries.append(group.entry)
            comments[group.entry] = lines
    disabled = (*invalid, *_disabled_entries(inferred, names))
    others = tuple(_notes(inferred, names))
    notes = (*names.notes(), *others)
    return CommentedFunction(replace(function, entries=tuple(entries)), comments, disabled, notes)


def entry_groups(accesses: Iterable[AccessEntry]) -> tuple[EntryGroup, ...]:
    """The shortest entries of a spec for accesses.

    An entry for objects with a prefix is left out where another entry grants the same on all objects of the bucket.
    """
    groups = tuple(_all_entry_groups(accesses))
    covered: dict[EntryGroup, EntryGroup] = {}
    for group in groups:
        if group.entry.prefix is not None:
            whole = next((other for other in groups if _covers_prefix(other, group)), None)
            covered |= {group: whole} if whole is not None else {}
    return tuple(
        EntryGroup(
            group.entry,
            (*group.accesses, *(item for part, whole in covered.items() if whole is group for item in part.accesses)),
        )
        for group in groups
        if group not in covered
    )


def _covers_prefix(whole: EntryGroup, part: EntryGroup) -> bool:
    """Whether an entry differs from one for a prefix only in that it has none and grants as many actions or more."""
    if whole.entry.prefix is not None or whole.entry.resource != part.entry.resource:
        return False
    same = replace(part.entry, prefix=None, do=(), resource_type=None)
    actions = {access_action(access) for access in whole.accesses}
    return same == replace(whole.entry, do=(), resource_type=None) and actions >= set(map(access_action, part.accesses))


def _all_entry_groups(accesses: Iterable[AccessEntry]) -> Iterator[EntryGroup]:
    """The shortest entries, each for itself.

    An action that a condition key limits is said by its verb, which has the condition.
    """
    others = []
    for access in accesses:
        verb = _limiting_verb(access)
        if verb is None:
            others.append(access)
        else:
            words = () if verb.default else (verb.name,)
            yield EntryGroup(replace(access, access=AccessList(verb.access), do=words), (access,))
    yield from group_entries(others)


def _limiting_verb(access: AccessEntry) -> Verb | None:
    """The verb that limits the action by the value that the entry names; None if there is none."""
    if access.resource.text in (None, _ANY) or access.do[0] not in limiting_condition_keys():
        return None
    return next((verb for verb in verbs(access.service) if verb.condition and verb.actions == access.do), None)


def _with_keys(items: Sequence[InferredAccess]) -> list[InferredAccess]:
    """The accesses, with the KMS key that their calls name as the `key` of the entry where that means the same."""
    keys = [item for item in items if item.companion_of and item.action.startswith(_KMS)]
    result: list[InferredAccess] = []
    replaced: list[InferredAccess] = []
    for item in items:
        own = [key for key in keys if key.companion_of == item.action and set(key.evidence) >= set(item.evidence)]
        names = {key.resource for key in own}
        # An option takes a parameter as the key's ID, not as its ARN.
        is_whole_arn = any(key.entry.resource.get("Arn") for key in own)
        is_same = (
            len(names) == 1
            and not is_whole_arn
            and tuple(sorted(key.action for key in own)) == kms_actions([item.action])
        )
        if is_same and _ANY not in names:
            replaced += [key for key in own if set(key.evidence) == set(item.evidence)]
            result.append(replace(item, entry=replace(item.entry, key=names.pop())))
        else:
            result.append(item)
    return [item for item in result if item not in replaced]


def spec_accesses(items: Iterable[InferredAccess], own_name: str) -> Iterator[tuple[AccessEntry, InferredAccess]]:
    """Each access with its entry as the spec of a function takes it, with one action."""
    names = _ParameterNames(own_name)
    for item in items:
        yield names.renamed_entry(item.entry), item


def with_unreached(own: InferredCode, all_functions: InferredCode) -> InferredCode:
    """What one of several functions of the same code reaches, with what is known of the code that none reaches."""
    reached = tuple(item for item in own.access if item.is_reached)
    unreached = (item for item in all_functions.access if not item.is_reached)
    unresolved = dict.fromkeys((*own.unresolved, *all_functions.unresolved))
    return replace(
        all_functions, access=(*reached, *unreached), conditional=own.conditional, unresolved=tuple(unresolved)
    )


def _by_entry(items: Iterable[InferredAccess], names: _ParameterNames) -> dict[AccessEntry, list[InferredAccess]]:
    """The accesses by their entry, with parameters that a spec takes."""
    result: dict[AccessEntry, list[InferredAccess]] = {}
    for item in items:
        result.setdefault(names.renamed_entry(item.entry), []).append(item)
    return result


def _entry_comments(entry: AccessEntry, items: Iterable[InferredAccess]) -> Iterator[str]:
    """The places of the calls, and that the resource must be named where the code does not say it."""
    listed = list(items)
    yield _places_text(place for item in listed for place in item.evidence)
    if entry.resource.text == _ANY and any(item.resource == _ANY and _has_names(item.action) for item in listed):
        yield _NO_NAME


def _has_names(action: str) -> bool:
    """Whether an entry for the action may name something: a resource, or the value of a condition key."""
    return bool(action_resource_types(action)) or action in limiting_condition_keys()


def _problems(entry: AccessEntry) -> Iterator[str]:
    """Why `generate` does not take an entry: a name that no resource can have."""
    function = SpecFunction("function", entry.location, entries=(entry,))
    try:
        function_requirements(function, ANY_SCOPE)
    except MultipleErrors as error:
        yield from (f"not granted: {problem.message}" for problem in error.problems)


def _disabled_entries(inferred: InferredCode, names: _ParameterNames) -> Iterator[DisabledEntry]:
    """The entries for calls to which no entry point comes."""
    unreached = _by_entry((item for item in inferred.access if not item.is_reached), names)
    for group in entry_groups(unreached):
        places = [place for access in group.accesses for item in unreached[access] for place in item.evidence]
        yield DisabledEntry(group.entry, (f"the handler does not reach it: {_places_text(places)}",))


def _notes(inferred: InferredCode, names: _ParameterNames) -> Iterator[str]:
    """What is not in the entries, a line each."""
    for call in inferred.unresolved:
        candidates = f" (it may be {', '.join(call.candidates)})" if call.candidates else ""
        yield f"not resolved: {call.place}: `{call.call}`: {call.reason}{candidates}"
    for file in inferred.failed:
        yield f"not read: {file.place}: {file.reason}"
    yield from _key_notes((item for item in inferred.conditional if item.key_of), names)
    conditional: dict[tuple[str, str], list[ConditionalAccess]] = {}
    for access in inferred.conditional:
        if not access.key_of:
            conditional.setdefault((access.resource, access.when), []).append(access)
    for (resource, when), items in conditional.items():
        actions = " and ".join(sorted({item.action for item in items}))
        places = _places_text(place for item in items for place in item.evidence)
        yield f"not granted: {actions} on {resource}, {when}: {places}"
    for other in inferred.other_roles:
        places = _places_text(other.evidence)
        yield f"access of the role {other.role}, not of this function's: {other.operation}: {places}"


def _key_notes(items: Iterable[ConditionalAccess], names: _ParameterNames) -> Iterator[str]:
    """One line for all keys that may encrypt the data of the entries, without the places that the entries have."""
    resources = sorted({names.renamed_text(item.key_of) for item in items})
    if resources:
        shown = f"{', '.join(resources[:_MAX_PLACES])}"
        more = f" and {len(resources) - _MAX_PLACES} more" if resources[_MAX_PLACES:] else ""
        yield f"not granted: customer managed KMS keys; add `key` to entries that have one: {shown}{more}"


def _places_text(places: Iterable[CodePlace]) -> str:
    """The first places, each line once, and how many more there are."""
    distinct = sorted({(place.path, place.line) for place in places})
    text = ", ".join(f"{path}:{line}" for path, line in distinct[:_MAX_PLACES])
    return f"{text} and {len(distinct) - _MAX_PLACES} more" if len(distinct) > _MAX_PLACES else text


class _ParameterNames:
    """The names of a spec's deployment parameters, which have letters and digits only, for what the code calls them."""

    def __init__(self, own_name: str) -> None:
        self._names: dict[str, str] = {}
        self._own_name = own_name

    def renamed_entry(self, entry: AccessEntry) -> AccessEntry:
        """The entry with names of parameters that a spec takes."""
        return replace(
            entry,
            resource=self._renamed_resource(entry.resource),
            index=self._rename_parameters(entry.index),
            key=self._rename_parameters(entry.key),
            prefix=self._rename_parameters(entry.prefix),
            account=self._rename_parameters(entry.account),
            pass_role=tuple(
                role for role in map(self._rename_parameters, entry.pass_role) if role and _ANY not in role
            ),
            location=Location(""),
        )

    def notes(self) -> Iterator[str]:
        """What each renamed parameter is."""
        for name, parameter in sorted(self._names.items()):
            if name != parameter:
                is_element = name.endswith(_ELEMENT)
                meaning = (
                    f"an element of the list in {name.removesuffix(_ELEMENT)}" if is_element else f"the value of {name}"
                )
                yield f"${{{parameter}}} is {meaning}"

    def _renamed_resource(self, resource: SpecResource) -> SpecResource:
        variables = tuple((name, self._rename_parameters(value) or "") for name, value in resource.variables)
        return SpecResource(self._rename_parameters(resource.text), variables)

    def renamed_text(self, text: str) -> str:
        """The text with names of parameters that a spec takes."""
        return self._rename_parameters(text) or ""

    def _rename_parameters(self, text: str | None) -> str | None:
        return None if text is None else _PARAMETER.sub(lambda match: self._parameter_text(match[1]), text)

    def _parameter_text(self, name: str) -> str:
        """How the spec writes the value of a variable: the function's own name as it is."""
        return self._own_name if name == OWN_NAME and self._own_name else f"${{{self._parameter_name(name)}}}"

    def _parameter_name(self, name: str) -> str:
        """The parameter for a variable: a new name each, with a number if another variable has it."""
        if name not in self._names:
            taken = set(self._names.values())
            base = spec_parameter(name)
            number, parameter = 2, base
            while parameter in taken:
                parameter, number = f"{base}{number}", number + 1
            self._names[name] = parameter
        return self._names[name]


def function_name(name: str | None, paths: Iterable[str]) -> str:
    """The name of a function whose template is not known: `name`, else that of the first path's file or directory."""
    if name:
        return name
    words = [word for path in paths for word in _WORDS.findall(path.rstrip("/").rpartition("/")[2].partition(".")[0])]
    return "-".join(words) or "function"
