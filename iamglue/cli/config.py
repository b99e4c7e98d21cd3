"""Configuration: the nearest .iamglue.toml or `[tool.iamglue]` in pyproject.toml, from the directory upwards."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from iamglue.errors import IamglueError, Location
from iamglue.files.configured_paths import ConfigFolder
from iamglue.files.text_files import read_text
from iamglue.findings import Severity, SourceSpan
from iamglue.lint.renamed_rules import renamed_rule_message
from iamglue.model.suppressions import Suppression
from iamglue.policy.parameter_values import check_parameter_value
from iamglue.policy.parsed_policy import PolicyType
from iamglue.spelling import did_you_mean

_Word = TypeVar("_Word", Severity, PolicyType)

CONFIG_FILE = ".iamglue.toml"
PROJECT_FILE = "pyproject.toml"

_TOP_KEYS = ("lint", "suppress", "rules")
_LINT_KEYS = ("select", "ignore", "pedantic", "fail-on", "type", "exclude", "baseline", "set", "trust", "per-file")
_PER_FILE_KEYS = ("path", "select", "ignore", "type")
_SUPPRESS_KEYS = ("rule", "path", "role", "function", "policy", "sid", "reason", "until")


@dataclass(frozen=True, slots=True)
class PerFileConfig:
    """Settings for the files that match `path`, which may contain `*` and `?` and is relative to `base`."""

    path: str
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    type: PolicyType | None = None
    base: ConfigFolder | None = None


@dataclass(frozen=True, slots=True)
class Config:
    """Settings of `lint`, suppressions, and the rule files of `lint` and `audit`.

    `path` is None if there is no configuration file. Every path in it is relative to its directory, as it is named from
    `base`.
    """

    path: Path | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    pedantic: bool = False
    fail_on: Severity | None = None
    type: PolicyType | None = None
    exclude: tuple[str, ...] = ()
    baseline: str | None = None
    settings: tuple[tuple[str, str], ...] = ()
    trust: tuple[str, ...] = ()
    per_file: tuple[PerFileConfig, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    rules: tuple[str, ...] = ()
    base: ConfigFolder | None = None


def read_config(folder: Path | None = None, *, upwards: bool = True) -> Config:
    """The configuration for a directory, by default the working directory; without `upwards` only one in it.

    Raises IamglueError if a file cannot be read, for invalid keys and values, and if the working directory was removed.
    """
    start = _working_directory() if folder is None else folder
    for directory in (start, *start.parents) if upwards else (start,):
        config_file, project = directory / CONFIG_FILE, directory / PROJECT_FILE
        # lexists: an unreadable file or a dangling link is an error, not a missing configuration.
        if os.path.lexists(config_file):
            return _TableReader(config_file).config(_read_toml(config_file))
        # Parsing a pyproject.toml takes as long as linting a policy, so search for the word first.
        mentioned = os.path.lexists(project) and "iamglue" in read_text(str(project))
        tool = _read_toml(project).get("tool", {}) if mentioned else {}
        if isinstance(tool, dict) and "iamglue" in tool:
            return _TableReader(project).config(tool["iamglue"])
    return Config()


def _working_directory() -> Path:
    """The working directory. Raises IamglueError if it does not exist any more."""
    try:
        return Path.cwd()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise IamglueError(
            f"cannot read the working directory: {reason}", hint="it may have been removed: change to another directory"
        ) from error


def _read_toml(path: Path) -> dict[str, Any]:
    """The tables of a file. Raises IamglueError if it cannot be read or is malformed."""
    import tomllib  # noqa: PLC0415 - startup: most folders have no configuration

    try:
        return tomllib.loads(read_text(str(path)))
    except (ValueError, RecursionError) as error:
        what = "values are nested too deeply" if isinstance(error, RecursionError) else error
        raise IamglueError(f"malformed TOML: {what}", location=Location(str(path))) from error


class _TableReader:
    """Reads the tables of one file; every error names the file and the key."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._base = ConfigFolder(path.parent, _working_directory())

    def config(self, top: Any) -> Config:
        """The configuration of the table `iamglue`, or of the whole file. Raises IamglueError for the first error."""
        tables = self._table(top, "iamglue", _TOP_KEYS)
        lint = self._table(tables.get("lint", {}), "lint", _LINT_KEYS)
        return Config(
            self._path,
            self._texts(lint, "select"),
            self._texts(lint, "ignore"),
            self._flag(lint, "pedantic"),
            self._word(lint, "fail-on", Severity),
            self._word(lint, "type", PolicyType),
            self._texts(lint, "exclude"),
            self._baseline(lint),
            tuple(self._settings(lint.get("set", {}))),
            self._texts(lint, "trust"),
            tuple(map(self._per_file, self._list(lint, "per-file"))),
            tuple(map(self._suppression, self._list(tables, "suppress"))),
            tuple(os.path.relpath(self._path.parent / path) for path in self._texts(tables, "rules")),
            self._base,
        )

    def _baseline(self, lint: Mapping[str, Any]) -> str | None:
        """The path of the baseline, which is relative to the file of the configuration."""
        name = self._text(lint, "baseline")
        return None if name is None else os.path.relpath(self._path.parent / name)

    def _per_file(self, row: Any) -> PerFileConfig:
        """The settings of the files that match a pattern. Raises IamglueError if the pattern is missing."""
        table = self._table(row, "per-file", _PER_FILE_KEYS)
        path = self._text(table, "path")
        if path is None:
            raise self._error("per-file: `path` is missing", "it may contain `*` and `?`")
        select, ignore = self._texts(table, "select"), self._texts(table, "ignore")
        return PerFileConfig(path, select, ignore, self._word(table, "type", PolicyType), self._base)

    def _suppression(self, row: Any) -> Suppression:
        """A suppression of the configuration. Raises IamglueError for a missing key or wrong date."""
        table = self._table(row, "suppress", _SUPPRESS_KEYS)
        rule, reason, until = self._text(table, "rule"), self._text(table, "reason"), table.get("until")
        if rule is None or not reason:
            raise self._error("suppress: `rule` and `reason` are required")
        if renamed := renamed_rule_message(rule):
            raise self._error(f"suppress: {renamed}")
        if until is not None and type(until) is not date:
            raise self._error("suppress: `until` must be a date", "write it without quotes: 2027-01-31")
        subjects = [name for name in ("role", "function", "policy") if name in table]
        if len(subjects) > 1:
            raise self._error(f"suppress: `{rule}` has {' and '.join(f'`{name}`' for name in subjects)}", "give one")
        subject = self._text(table, subjects[0]) if subjects else None
        if subject is None and "path" not in table:
            raise self._error(f"suppress: `{rule}` needs `path`, `role`, `function` or `policy`")
        span = SourceSpan(str(self._path))
        path, sid = self._text(table, "path"), self._text(table, "sid")
        return Suppression(span, (rule,), reason, path, None, sid, subject, until, self._base)

    def _table(self, value: Any, name: str, keys: tuple[str, ...]) -> Mapping[str, Any]:
        """Return the table. Raises IamglueError if the value is not a table or has an unknown key."""
        if not isinstance(value, dict):
            raise self._error(f"`{name}` must be a table")
        for key in value:
            if key not in keys:
                hint = did_you_mean(key, keys) or f"valid keys are {', '.join(keys)}"
                raise self._error(f"`{key}` is not a valid key of `{name}`", hint)
        return value

    def _list(self, table: Mapping[str, Any], key: str) -> list[Any]:
        """The list under a key; empty if the key is missing."""
        value = table.get(key, [])
        if not isinstance(value, list):
            raise self._error(f"`{key}` must be a list")
        return value

    def _texts(self, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
        """The list of strings under a key; empty if the key is missing."""
        items = self._list(table, key)
        if not all(isinstance(item, str) for item in items):
            raise self._error(f"`{key}` must be a list of strings")
        return tuple(items)

    def _text(self, table: Mapping[str, Any], key: str) -> str | None:
        """The string under a key; None if the key is missing."""
        value = table.get(key)
        if value is not None and not isinstance(value, str):
            raise self._error(f"`{key}` must be a string")
        return value

    def _flag(self, table: Mapping[str, Any], key: str) -> bool:
        """The Boolean under a key; False if the key is missing."""
        value = table.get(key, False)
        if not isinstance(value, bool):
            raise self._error(f"`{key}` must be true or false")
        return value

    def _word(self, table: Mapping[str, Any], key: str, words: type[_Word]) -> _Word | None:
        """The member of an enum under a key; None if the key is missing."""
        text = self._text(table, key)
        if text is None:
            return None
        choices = [choice.value for choice in words]
        if text not in choices:
            raise self._error(f"`{text}` is not a valid value of `{key}`", f"expected one of {', '.join(choices)}")
        return words(text)

    def _settings(self, value: Any) -> Iterator[tuple[str, str]]:
        """The items of `set`, parameter values."""
        if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
            raise self._error("`set` must be a table of strings")
        for name, text in value.items():
            try:
                yield name, check_parameter_value(f"set.{name}", text)
            except IamglueError as error:
                raise self._error(error.message, error.hint) from error

    def _error(self, message: str, hint: str | None = None) -> IamglueError:
        return IamglueError(message, hint=hint, location=Location(str(self._path)))
