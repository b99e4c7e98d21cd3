"""The source files of a CDK app: which file is the app, and which file an import names."""

from __future__ import annotations

import json
import posixpath
import re
from pathlib import Path

from iamglue.errors import IamglueError, Location
from iamglue.files.text_files import display_path, read_text
from iamglue.infer.code.cdk import python_expressions, python_statements  # noqa: F401 - they fill the tables of kinds of nodes
from iamglue.infer.code.cdk.library_names import CDK_MARKS
from iamglue.infer.code.cdk.python_nodes import python_module
from iamglue.infer.code.javascript.syntax import FunctionInfo

CDK_CONFIGURATION = "cdk.json"
_SCRIPT_ENDINGS = (".ts", ".mts", ".cts", ".tsx", ".js", ".mjs", ".cjs")
_ENDINGS = (*_SCRIPT_ENDINGS, ".py")
_SOURCE_FOLDERS = ("bin", "lib", "stacks")
_DECLARATIONS = (".d.ts", ".d.mts", ".test.ts", ".test.js")
_FILE_NAME = re.compile(r"[\w./-]+\.(?:m?[tj]s|py)\b")
_MAX_BYTES = 1024 * 1024
_MAX_FILES = 400


class CdkSources:
    """The files below the directory of an app, read when they are imported. `notes` say which could not be read."""

    def __init__(self, path: Path) -> None:
        """The app of a `cdk.json`, or of a source file, which the CDK runs in the directory above `bin` or `lib`."""
        self._folder = path.parent
        self.root = (
            path.parent.resolve().parent
            if path.parent.resolve().name in _SOURCE_FOLDERS and (path.name != CDK_CONFIGURATION)
            else path.parent
        )
        self.notes: list[str] = []
        self._count = 0

    def entry_paths(self) -> tuple[str, ...]:
        """The files of the app that `cdk.json` names; else the files beside it that import the CDK.

        Raises IamglueError if the app is in a language that is not read.
        """
        configuration = self.root / CDK_CONFIGURATION
        if configuration.is_file():
            command = _app_command(configuration)
            named = [posixpath.normpath(name) for name in _FILE_NAME.findall(command)]
            existing = tuple(path for name in named for path in (self._existing(name),) if path is not None)
            if existing:
                return existing
        folder = self._folder.resolve().relative_to(self.root.resolve()).as_posix()
        paths = tuple(
            posixpath.normpath(f"{folder}/{path.name}")
            for path in sorted(self._folder.iterdir())
            if path.is_file()
            and path.name.endswith(_ENDINGS)
            and not path.name.endswith(_DECLARATIONS)
            and imports_cdk(path)
        )
        if not paths:
            message = "the app of the CDK is not in a Python, JavaScript or TypeScript file that was found"
            raise IamglueError(message, location=Location(display_path(str(self.root))))
        return paths

    def module(self, path: str) -> FunctionInfo | None:
        """The code of a file; None, with a note, if it cannot be read."""
        self._count += 1
        if self._count > _MAX_FILES:
            self.notes.append(f"{path}: the app has more than {_MAX_FILES} files; this one was not read")
            return None
        try:
            text = read_text(str(self.root / path))
            if len(text) > _MAX_BYTES:
                self.notes.append(f"{path}: the file is longer than {_MAX_BYTES:,} characters and was not read")
                return None
            return python_module(path, text) if path.endswith(".py") else self._script(path, text)
        except SyntaxError as error:
            self.notes.append(f"{path}:{error.lineno or 1}: the file does not parse")
        except (ValueError, OSError, RecursionError) as error:
            self.notes.append(f"{path}: the file cannot be read: {error}")
        return None

    def _script(self, path: str, text: str) -> FunctionInfo:
        """The code of a JavaScript or TypeScript file. Raises IamglueError without the extra `javascript`."""
        from iamglue.infer.code.cdk.script_modules import script_module  # noqa: PLC0415 - an optional extra

        info, error_row = script_module(path, text)
        if error_row is not None:
            self.notes.append(f"{path}:{error_row + 1}: the file does not parse here")
        return info

    def resolve(self, source: str, name: str, path: str) -> str | None:
        """The file that an import names, from the file at `path`; None if it is of a library."""
        if path.endswith(".py"):
            return self._python_path(source, name, path)
        if not source.startswith("."):
            return None
        return self._existing(posixpath.normpath(posixpath.join(posixpath.dirname(path), source)))

    def is_module(self, source: str, name: str, path: str) -> bool:
        """Whether an import in Python of a name gives a module: `from stacks import api`."""
        return path.endswith(".py") and self._python_path(source, name, path) != self._python_path(source, "", path)

    def _python_path(self, source: str, name: str, path: str) -> str | None:
        """The file of a Python module or name that the file at `path` imports; None if the app has none."""
        level = len(source) - len(source.lstrip("."))
        parts = [part for part in source.lstrip(".").split(".") if part]
        folder = posixpath.dirname(path)
        for _ in range(level - 1):
            folder = posixpath.dirname(folder)
        folders = [folder] if level else ["", folder]
        for start in dict.fromkeys(folders):
            place = posixpath.join(start, *parts)
            ways = [f"{place}/{name}", place] if name and name != "*" else [place]
            for way in ways:
                for candidate in (f"{way}.py", f"{way}/__init__.py"):
                    if (parts or level) and self.has_file(candidate):
                        return posixpath.normpath(candidate)
        return None

    def _existing(self, name: str) -> str | None:
        """The file of a module: as it is named, with an ending, or the index of a directory."""
        stem = re.sub(r"\.m?js$", "", name)
        candidates = [
            *(stem + ending for ending in _SCRIPT_ENDINGS),
            name,
            *(f"{name}/index{ending}" for ending in _SCRIPT_ENDINGS),
        ]
        return next((path for path in candidates if path.endswith(_ENDINGS) and self.has_file(path)), None)

    def has_file(self, path: str) -> bool:
        """Whether the app's directory has a file."""
        return (self.root / path).is_file()


def imports_cdk(path: Path) -> bool:
    """Whether a file names a module of the CDK."""
    try:
        text = read_text(str(path)) if path.stat().st_size <= _MAX_BYTES else ""
    except (OSError, IamglueError):
        return False
    return any(mark in text for mark in CDK_MARKS)


def _app_command(configuration: Path) -> str:
    """The command that runs the app: https://docs.aws.amazon.com/cdk/v2/guide/cli.html#cli-app-command."""
    try:
        document = json.loads(read_text(str(configuration)))
    except ValueError as error:
        raise IamglueError("cdk.json is not JSON", location=Location(display_path(str(configuration)))) from error
    app = document.get("app") if isinstance(document, dict) else None
    return app if isinstance(app, str) else ""
