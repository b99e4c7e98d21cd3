"""What a template says that the code does not: the values of environment variables, and what triggers the function."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from iamglue.infer.code.calls import CodeFile, CodeReading, Handler, SdkCall
from iamglue.infer.code.values import CodeValue, Text, UnknownPart, ValueOrigin
from iamglue.model.account import DeployedFunction
from iamglue.model.spec import Trigger

# The trigger whose resource a path in the event names, and the format of the name.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
# https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html and the pages of the other services beside it
_EVENT_TRIGGERS = {
    "Records[].s3.bucket.name": ("s3",),
    "Records[].s3.bucket.arn": ("s3",),
    "Records[].eventSourceARN": ("sqs", "kinesis", "dynamodb-stream"),
    "Records[].Sns.TopicArn": ("sns",),
}


@dataclass(frozen=True, slots=True)
class CodeDeployment:
    """The values of environment variables, each with all that it may be, and triggers' resources by event path.

    A variable that is not in `environment`, if that has any or `is_known`, is not set, and one of `optional` may not be
    set: the code's default counts then. An environment that is not known in full (`is_open`) may have any variable.
    """

    environment: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    events: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    is_open: bool = False
    is_known: bool = False
    optional: frozenset[str] = frozenset()

    def may_lack(self, name: str) -> bool:
        """Whether a variable may not be set, as far as a template says it."""
        is_listed = name in self.environment and name not in self.optional
        return (self.is_known or bool(self.environment)) and not self.is_open and not is_listed


def code_deployment(functions: Iterable[DeployedFunction], triggers: Iterable[Trigger] = ()) -> CodeDeployment:
    """What the template's functions that run the code have in common, by variable and by path in the event.

    A variable that one of the functions lacks has only the values of the others.
    """
    environment: dict[str, dict[str, None]] = {}
    codes = [function.code for function in functions if function.code]
    for code in codes:
        for name, value in code.environment:
            environment.setdefault(name, {})[value] = None
    sources: dict[str, list[str]] = {}
    for trigger in triggers:
        if trigger.resource.text:
            sources.setdefault(trigger.name, []).append(trigger.resource.text)
    events = {
        path: tuple(dict.fromkeys(text for name in names for text in sources.get(name, ())))
        for path, names in _EVENT_TRIGGERS.items()
    }
    return CodeDeployment(
        {name: tuple(values) for name, values in environment.items()},
        {path: texts for path, texts in events.items() if texts},
        any(code.is_open for code in codes),
        bool(codes),
        frozenset(name for code in codes for name in code.optional),
    )


def functions_of_code(functions: Iterable[DeployedFunction], files: Iterable[CodeFile]) -> tuple[DeployedFunction, ...]:
    """The functions whose handler is in one of the files."""
    modules = _module_parts(files)
    return tuple(function for function in functions if any(_handlers(function, modules)))


def function_handlers(functions: Iterable[DeployedFunction], files: Iterable[CodeFile]) -> tuple[Handler, ...]:
    """The handlers of functions, in the files that have them."""
    modules = _module_parts(files)
    return tuple(dict.fromkeys(handler for function in functions for handler in _handlers(function, modules)))


def _module_parts(files: Iterable[CodeFile]) -> dict[str, tuple[str, ...]]:
    """The parts of each file's path, without its suffix; a package of Python is its `__init__.py`."""
    parts = {file.path: PurePath(file.path).with_suffix("").parts for file in files}
    return {path: names[:-1] if names[-1:] == ("__init__",) else names for path, names in parts.items()}


def _handlers(function: DeployedFunction, modules: Mapping[str, tuple[str, ...]]) -> Iterator[Handler]:
    """The handlers that a function's configuration may mean: one for each file that it fits.

    https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html: `directory/module.function`.
    """
    code = function.code
    module, dot, name = (code.handler if code else "").rpartition(".")
    if not code or not dot:
        return
    # A dot of Node.js is part of the file's name: `stack.api.handler` is in stack.api.mjs.
    places = {PurePath(module.replace(".", "/")).parts, PurePath(module).parts}
    within = tuple(part for part in PurePath(code.path).parts if part not in (".", ".."))
    matching = {path: place for place in places for path, parts in modules.items() if parts[-len(place) :] == place}
    inside = [path for path, place in matching.items() if _ends_with(modules[path], (*within, *place))]
    yield from (Handler(path, name) for path in inside or (matching if not within else ()))


def with_deployment(reading: CodeReading, deployment: CodeDeployment) -> CodeReading:
    """The reading with the values that the deployment gives, in the parameters of all calls."""

    def fill(text: Text) -> frozenset[Text]:
        return _filled_texts(text, deployment)

    return replace(reading, calls=tuple(_filled_call(call, fill) for call in reading.calls))


def _ends_with(own: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    """Whether the parts of a path end with `parts`, or are fewer and the same as far as they go."""
    length = min(len(own), len(parts))
    return own[-length:] == parts[-length:]


def _filled_call(call: SdkCall, fill: Callable[[Text], frozenset[Text]]) -> SdkCall:
    """The call with the deployment's values in its parameters and in the ARN of its role."""
    return replace(
        call,
        parameters={name: _filled_value(value, fill) for name, value in call.parameters.items()},
        role=_filled_value(call.role, fill) if call.role is not None else None,
    )


def _filled_value(value: CodeValue, fill: Callable[[Text], frozenset[Text]]) -> CodeValue:
    """A value with the deployment's values in its texts, also in those of its members and items."""
    return CodeValue(
        frozenset(filled for text in value.texts for filled in fill(text)),
        tuple((name, _filled_value(member, fill)) for name, member in value.members),
        _filled_value(value.items, fill) if value.items is not None else None,
        value.is_complete,
        value.optional,
    )


def _filled_texts(text: Text, deployment: CodeDeployment) -> frozenset[Text]:
    """A text with each unknown part that the deployment knows: one for each combination of values."""
    results: list[Text] = [()]
    for part in text:
        choices = _choices(part, deployment) if isinstance(part, UnknownPart) else (part,)
        results = [(*result, choice) for result in results for choice in choices]
    return frozenset(results)


def _choices(part: UnknownPart, deployment: CodeDeployment) -> tuple[UnknownPart, ...]:
    """What a part may be: () for the default of a variable that has a value, or of which no deployment is known."""
    if part.origin is ValueOrigin.ENVIRONMENT:
        values = deployment.environment.get(part.name, ())
        return tuple(UnknownPart(ValueOrigin.TEMPLATE, part.name, value) for value in values if value) or (part,)
    if part.origin is ValueOrigin.LITERAL:
        return (part,) if deployment.may_lack(part.name) else ()
    if part.origin is ValueOrigin.EVENT:
        return tuple(replace(part, value=value) for value in deployment.events.get(part.name, ())) or (part,)
    return (part,)
