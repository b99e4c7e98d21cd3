"""Functions of a CDK app as resources of a template: handler, code, environment and settings."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any

from iamglue.infer.code.cdk.cdk_values import (
    Construct,
    DeploymentValue,
    LibraryMember,
    LibraryObject,
    PropertyMap,
    UnknownValue,
)
from iamglue.infer.code.cdk.instances import construct_of
from iamglue.infer.code.cdk.resource_attributes import attribute_value, property_of
from iamglue.infer.code.cdk.source_files import CdkSources
from iamglue.model.account import OPEN_ENVIRONMENT

# Methods that set a property of the template: https://docs.aws.amazon.com/cdk/v2/guide/cfn-layer.html
_OVERRIDES = ("addPropertyOverride", "addOverride")
_DEFAULT_HANDLER = "handler"
_NODE_ENDINGS = (".ts", ".tsx", ".js", ".mjs", ".mts", ".cts", ".cjs")
_INSIGHTS = "arn:aws:lambda:*:*:layer:LambdaInsightsExtension:*"


class FunctionResource:
    """The resource of a function, and `notes` on what of it is not known."""

    def __init__(self, construct: Construct, sources: CdkSources) -> None:
        self.construct = construct
        self.notes: list[str] = []
        self._sources = sources

    def properties(self) -> dict[str, Any]:
        """The properties of the function in the template."""
        handler, path = self._handler()
        result: dict[str, Any] = {"Handler": handler, "CodeUri": path, **self._environment(), **self._settings()}
        name = self._property("functionName")
        if isinstance(name, str):
            result["FunctionName"] = name
        return result

    def _property(self, name: str) -> Any:
        return property_of(self.construct.properties, name)

    def _handler(self) -> tuple[str, str]:
        """The handler, and the directory or file of the code; empty if they are not known."""
        kind = self.construct.name.rpartition(".")[2]
        handler, entry = self._property("handler"), self._property("entry")
        if kind in ("NodejsFunction", "PythonFunction"):
            handler = _DEFAULT_HANDLER if handler is None else handler
            entry = self._default_entry() if entry is None and kind == "NodejsFunction" else entry
            index = self._property("index") if kind == "PythonFunction" else None
            if isinstance(entry, str) and isinstance(handler, str):
                entry = posixpath.join(entry, index or "index.py") if kind == "PythonFunction" else entry
                stem = posixpath.splitext(posixpath.basename(entry))[0]
                return handler if "." in handler else f"{stem}.{handler}", posixpath.dirname(entry)
            self._note("its handler", next(filter(_is_unknown, (handler, entry)), None))
            return "", ""
        if not isinstance(handler, str):
            if kind != "DockerImageFunction":
                self._note("its handler", handler)
            return "", ""
        return handler, self._code_path()

    def _default_entry(self) -> Any:
        """The file of a NodejsFunction without `entry`: beside the file that makes it, with the ID in its name.

        https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_lambda_nodejs-readme.html
        """
        stem = posixpath.splitext(self.construct.place.path)[0]
        names = [f"{stem}.{self.construct.path[-1]}{ending}" for ending in _NODE_ENDINGS]
        return next((name for name in names if self._sources.has_file(name)), None)

    def _code_path(self) -> str:
        """The directory of `Code.fromAsset`, from that of the app; "" for other code, noted where it is not known."""
        code = self._property("code")
        if isinstance(code, LibraryObject) and code.name.rpartition(".")[2] in ("fromAsset", "AssetCode", "asset"):
            path = code.arguments[0] if code.arguments else None
            path = property_of(path, "path") if isinstance(path, PropertyMap) else path
            if isinstance(path, str):
                return posixpath.normpath(path)
            self._note("the path of its code", path)
        elif code is None or isinstance(code, UnknownValue):
            self._note("its code", code)
        return ""

    def _environment(self) -> dict[str, Any]:
        """The variables, with an empty text for values that are not known."""
        given = self._property("environment")
        variables: dict[str, Any] = {}
        is_changed = self.construct.is_given_away or any(call.name in _OVERRIDES for call in self.construct.calls)
        is_open = is_changed or (given is not None and not isinstance(given, PropertyMap))
        if isinstance(given, PropertyMap):
            is_open = is_open or given.is_open
            for name, value in given.members.items():
                self._set_variable(variables, name, value)
        for call in self.construct.calls:
            if call.name == "addEnvironment":
                name, value = _two_arguments(call)
                is_open = is_open or not isinstance(name, str)
                if isinstance(name, str):
                    self._set_variable(variables, name, value)
        if is_open:
            self._note("some of its environment", given if isinstance(given, UnknownValue) else None)
        texts = {name: self._variable_text(name, value) for name, value in variables.items() if value is not None}
        result: dict[str, Any] = {"Environment": {"Variables": texts}} if texts else {}
        return {**result, OPEN_ENVIRONMENT: "true"} if is_open else result

    def _set_variable(self, variables: dict[str, Any], name: str, value: Any) -> None:
        """Set a variable; one that is set to different values is not known."""
        old = variables.get(name)
        is_other = old is not None and old != value
        variables[name] = UnknownValue("the source sets it to several values") if is_other else value

    def _variable_text(self, name: str, value: Any) -> Any:
        """A variable's value as a template has it; "" with a note if it is not known."""
        known = template_value(value)
        if known is None:
            self._note(f"the value of its variable `{name}`", value)
        return "" if known is None else known

    def _settings(self) -> dict[str, Any]:
        """The settings that need permissions of the role."""
        result: dict[str, Any] = {}
        tracing = self._property("tracing")
        if isinstance(tracing, LibraryMember) and tracing.name.endswith("Tracing.ACTIVE"):
            result["Tracing"] = "Active"
        if self._property("vpc") is not None and not _is_unknown(self._property("vpc")):
            result["VpcConfig"] = {"SubnetIds": ["*"]}
        for name, attribute, place in (
            ("deadLetterQueue", "queueArn", "DeadLetterQueue"),
            ("deadLetterTopic", "topicArn", "DeadLetterQueue"),
        ):
            target = self._setting_attribute(name, attribute)
            if target is not None:
                result[place] = {"TargetArn": target}
        key, group = (
            self._setting_attribute("environmentEncryption", "keyArn"),
            self._setting_attribute("logGroup", "logGroupName"),
        )
        if key is not None:
            result["KmsKeyArn"] = key
        if group is not None:
            result["LoggingConfig"] = {"LogGroup": group}
        if isinstance(self._property("insightsVersion"), LibraryMember):
            result["Layers"] = [_INSIGHTS]
        return result

    def _setting_attribute(self, name: str, attribute: str) -> Any:
        """The attribute of the resource that a property names; None, with a note, if the property is not followed."""
        construct = construct_of(self._property(name))
        value = attribute_value(construct, attribute) if construct is not None else None
        if value is None and self._property(name) is not None and not _is_unknown(self._property(name)):
            self._note(f"its setting `{name}`", None)
        return template_value(value)

    def _note(self, what: str, value: Any) -> None:
        reason = f": {value.reason}" if isinstance(value, UnknownValue) else ""
        self.notes.append(f"{self.construct.place}: {what} is not known{reason}")


def template_value(value: Any) -> Any:
    """A value as a template has it; None if it is not known."""
    if isinstance(value, DeploymentValue):
        return value.as_json()
    return value if isinstance(value, str) else None


def _is_unknown(value: Any) -> bool:
    return isinstance(value, UnknownValue)


def _two_arguments(call: LibraryObject) -> tuple[Any, Any]:
    """The arguments `key` and `value`, by position or by name."""
    given = list(_positional(call))
    named = next((item for item in call.arguments if isinstance(item, PropertyMap)), None)
    key = given[0] if given else property_of(named, "key")
    return key, given[1] if len(given) > 1 else property_of(named, "value")


def _positional(call: LibraryObject) -> Iterator[Any]:
    return (item for item in call.arguments if not isinstance(item, PropertyMap))
