"""The code files of a project: which files of a directory are the program's own, and their texts.

Only regular files are read, and directories are not entered through symbolic links, so that no link makes a loop.
"""

from __future__ import annotations

import io
import os
import re
import tokenize
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from iamglue.errors import IamglueError, Location
from iamglue.files.folders import check_path_exists
from iamglue.files.text_files import display_path, open_file
from iamglue.infer.code.calls import CodeFile, CodePlace, FailedFile

PYTHON_ENDINGS = (".py",)
JAVASCRIPT_ENDINGS = (".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx")
# Other languages of Lambda functions, which are not read.
_UNREAD_ENDINGS = (".go", ".java", ".kt", ".cs", ".rb", ".rs", ".php")
# No file of code that people write is longer; bundles and generated code are.
_MAX_BYTES = 4 * 1024 * 1024
_MAX_DOCUMENT = 64 * 1024
# Directories of other people's code, of tools, and of tests: Lambda runs none of it, or it has its own access.
_OTHER_FOLDERS = frozenset(
    {"node_modules", "site-packages", "__pycache__", "cdk.out", "bower_components", "venv", "virtualenv"}
)
_TEST_FOLDERS = frozenset({"test", "tests", "__tests__", "__mocks__", "spec", "e2e"})
_TEST_FILE = re.compile(r"(test_.*|.*_test|conftest)\.py|.*\.(test|spec)\.[cm]?[jt]sx?")
_DECLARATIONS = re.compile(r".*\.d\.[cm]?ts|.*\.min\.js")
_NOTEBOOK = ".ipynb"
_ENVIRONMENT_FILE = "pyvenv.cfg"
_DISTRIBUTION = re.compile(r"(?P<name>.+?)-[0-9][^-]*\.dist-info")


@dataclass(frozen=True, slots=True)
class Project:
    """The texts of a project's files, those that could not be read, and how many files of tests were left out.

    `notebook_count` is that of Jupyter notebooks, which Lambda does not run. `unread` are the paths of code in other
    languages.
    `documents` are small JSON files of its directories: code imports values from them, and they name packages.
    """

    files: tuple[CodeFile, ...]
    failed: tuple[FailedFile, ...]
    test_count: int = 0
    documents: tuple[CodeFile, ...] = ()
    notebook_count: int = 0
    unread: tuple[str, ...] = ()


def read_project(paths: Iterable[str]) -> Project:
    """The code files of files and directories, each once.

    A file that is named is always read. Raises IamglueError if a path does not exist or is not a file of code.
    """
    walk = _Walk()
    names = {shown_path(name): name for path in paths for name in walk.code_paths(path)}
    files, failed = [], list(walk.failed)
    for shown, name in names.items():
        text = _read_code(name)
        if isinstance(text, FailedFile):
            failed.append(text)
        else:
            files.append(CodeFile(shown, text))
    documents, unread = _read_documents(walk.documents), tuple(map(shown_path, walk.unread))
    return Project(tuple(files), tuple(failed), walk.test_count, documents, walk.notebook_count, unread)


def _read_documents(names: list[str]) -> tuple[CodeFile, ...]:
    """The JSON documents that can be read; a value that code takes from another one is not known."""
    texts = [(name, _read_code(name)) for name in names]
    return tuple(CodeFile(shown_path(name), text) for name, text in texts if isinstance(text, str))


def shown_path(path: str) -> str:
    """A path of code as reports show it: without `./`, and from the working directory if that is shorter."""
    plain = str(Path(path))
    if not os.path.isabs(plain):  # noqa: PTH117 - a text
        return plain
    try:
        return str(Path(plain).relative_to(Path.cwd()))
    except (OSError, ValueError):
        return plain


class _Walk:
    """A walk over the paths that a user names; collects what could not be listed."""

    def __init__(self) -> None:
        self.failed: list[FailedFile] = []
        self.test_count = 0
        self.notebook_count = 0
        self.documents: list[str] = []
        self.unread: list[str] = []

    def code_paths(self, path: str) -> Iterator[str]:
        """The paths of code files at a path."""
        place = Path(path)
        if path and place.is_dir():
            yield from self._folder_paths(place)
            return
        check_path_exists(path)
        if _has_code(path):
            yield path
        else:
            raise IamglueError(
                f"this is not a file of code: expected {', '.join((*PYTHON_ENDINGS, *JAVASCRIPT_ENDINGS))}",
                hint="name the files of the function's code, or their directory",
                location=Location(display_path(path)),
            )

    def _folder_paths(self, folder: Path) -> Iterator[str]:
        """Yield the paths of a directory's own code; count and collect what is left out of it."""
        for parent, folders, names in os.walk(folder, onerror=self._add_unreadable):
            vendored = {match["name"].lower() for name in folders if (match := _DISTRIBUTION.fullmatch(name))}
            folders[:] = sorted(name for name in folders if self._is_own(Path(parent, name), vendored))
            for name in sorted(names):
                self._add_document(Path(parent, name))
                self.notebook_count += name.endswith(_NOTEBOOK)
                if name.endswith(_UNREAD_ENDINGS):
                    self.unread.append(str(Path(parent, name)))
                if _has_code(name) and not _DECLARATIONS.fullmatch(name):
                    if _TEST_FILE.fullmatch(name):
                        self.test_count += 1
                    else:
                        yield os.path.join(parent, name)  # noqa: PTH118 - as the user wrote the directory

    def _add_document(self, path: Path) -> None:
        """Collect a small JSON file, but not a lock file; one that cannot be examined is left out."""
        if not path.name.endswith(".json") or "lock" in path.name:
            return
        with suppress(OSError):
            if path.is_file() and path.stat().st_size <= _MAX_DOCUMENT:
                self.documents.append(str(path))

    def _is_own(self, folder: Path, vendored: set[str]) -> bool:
        """Whether a directory has code of the program: not tests, tools, packages or an environment."""
        name = folder.name
        if name in _TEST_FOLDERS:
            self.test_count += sum(_has_code(path.name) for path in folder.rglob("*"))
            return False
        if name.startswith(".") or name in _OTHER_FOLDERS or name.endswith((".dist-info", ".egg-info")):
            return False
        # `Path.exists` raises an error in a directory that may not be entered; that it cannot be listed is noted later.
        return name.lower() not in vendored and not os.path.exists(folder / _ENVIRONMENT_FILE)  # noqa: PTH110 - as above

    def _add_unreadable(self, error: OSError) -> None:
        reason = f"cannot list the directory: {error.strerror or error}"
        self.failed.append(FailedFile(CodePlace(shown_path(str(error.filename)), 0, 0), reason))


def _has_code(name: str) -> bool:
    return name.endswith((*PYTHON_ENDINGS, *JAVASCRIPT_ENDINGS))


def _read_code(path: str) -> str | FailedFile:
    """The text of a file, in the encoding that it declares."""
    place = CodePlace(shown_path(path), 0, 0)
    try:
        with open_file(path) as file:
            content = file.read(_MAX_BYTES + 1)
    except OSError as error:
        return FailedFile(place, f"cannot read the file: {error.strerror or error}")
    if len(content) > _MAX_BYTES:
        return FailedFile(place, f"the file is longer than {_MAX_BYTES:,} bytes and was not read")
    try:
        encoding = tokenize.detect_encoding(io.BytesIO(content).readline)[0] if path.endswith(".py") else "utf-8-sig"
        return content.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError) as error:
        return FailedFile(place, f"cannot decode the file: {error}")
