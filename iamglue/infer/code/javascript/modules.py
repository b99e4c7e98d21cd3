"""Which file of a project an import means: relative paths, index files, aliases of tsconfig.json."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable, Mapping
from typing import Any

from iamglue.infer.code.javascript.grammar import SUFFIXES

# TypeScript writes `./x.js` for ./x.ts: https://www.typescriptlang.org/docs/handbook/modules/reference.html
_SOURCES = {".js": (".ts", ".tsx"), ".mjs": (".mts",), ".cjs": (".cts",), ".jsx": (".tsx",)}
_COMMENTS = re.compile(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_TRAILING_COMMAS = re.compile(r",(\s*[}\]])")


class ScriptModules:
    """The files of a project by path, and the aliases of its tsconfig.json files."""

    def __init__(
        self, paths: Iterable[str], configurations: Mapping[str, str], packages: Mapping[str, str] | None = None
    ) -> None:
        packages = packages or {}
        self._by_path = {posixpath.normpath(path): path for path in paths}
        self._aliases = [alias for path, text in sorted(configurations.items()) for alias in _read_aliases(path, text)]
        self._aliases += [alias for path, text in packages.items() for alias in _package_aliases(path, text)]
        self._ends: dict[str, list[str]] = {}
        for path in self._by_path:
            self._ends.setdefault(posixpath.basename(path), []).append(path)

    def resolve(self, importer: str, source: str) -> str | None:
        """The path of the file that `source` means in the file `importer`; None if it is none of the project."""
        if source.startswith("."):
            return self._file(posixpath.join(posixpath.dirname(importer), source))
        for prefix, suffix, target in self._aliases:
            if "*" not in target and source != prefix:
                continue
            if source.startswith(prefix) and source.endswith(suffix) and len(source) >= len(prefix) + len(suffix):
                middle = source[len(prefix) : len(source) - len(suffix)]
                path = self._file(target.replace("*", middle))
                if path is not None:
                    return path
        return self._by_end(source)

    def _file(self, path: str) -> str | None:
        """The file of a path: as written, as a source of TypeScript, with a suffix, or as the index of a directory."""
        path = posixpath.normpath(path)
        stem, suffix = posixpath.splitext(path)
        others = [stem + other for other in _SOURCES.get(suffix, ())]
        candidates = [path, *others, *(path + end for end in (*SUFFIXES, ".json"))]
        candidates += [posixpath.join(path, f"index{end}") for end in SUFFIXES]
        return next((self._by_path[candidate] for candidate in candidates if candidate in self._by_path), None)

    def _by_end(self, source: str) -> str | None:
        """The one file with a path that ends in what follows `@/`, `~/`, `/opt/` (a layer), or in a bare path."""
        written = re.sub(r"^(?:[@~#]/|/opt/(?:nodejs/)?)", "", source)
        if written == source and ("/" not in source or source.startswith("@")):
            return None
        name = posixpath.basename(written)
        ends = [written, *(written + end for end in SUFFIXES)]
        indexes = [f"{written}/index{end}" for end in SUFFIXES]
        names = {name, *(name + end for end in SUFFIXES), *(f"index{end}" for end in SUFFIXES)}
        matches = {
            path
            for known in names
            for path in self._ends.get(known, ())
            if any(path == end or path.endswith(f"/{end}") for end in (*ends, *indexes))
        }
        return self._by_path[matches.pop()] if len(matches) == 1 else None


def _package_aliases(path: str, text: str) -> list[tuple[str, str, str]]:
    """A package of the project by its name in package.json: its folder, or the sources of what it is built from."""
    document = _read_document(text)
    name, folder = document.get("name"), posixpath.dirname(path)
    if not isinstance(name, str) or not name:
        return []
    main = document.get("main")
    entries = [main] if isinstance(main, str) else []
    entries += ["", "src", "lib"]
    whole = [(name, "", posixpath.join(folder, entry)) for entry in entries]
    return [*whole, (f"{name}/", "", posixpath.join(folder, "*")), (f"{name}/", "", posixpath.join(folder, "src/*"))]


def _read_document(text: str) -> dict[str, Any]:
    """A JSON object with comments and trailing commas; {} if it is none."""
    plain = _TRAILING_COMMAS.sub(r"\1", _COMMENTS.sub(lambda match: match[1] or "", text))
    try:
        document = json.loads(plain)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _read_aliases(path: str, text: str) -> list[tuple[str, str, str]]:
    """The aliases of a tsconfig.json as (prefix, suffix, target); none if it is not valid."""
    options = _read_document(text).get("compilerOptions")
    if not isinstance(options, dict):
        return []
    base_url, paths = options.get("baseUrl", "."), options.get("paths", {})
    folder = posixpath.join(posixpath.dirname(path), base_url if isinstance(base_url, str) else ".")
    aliases: list[tuple[str, str, str]] = []
    for alias, targets in paths.items() if isinstance(paths, dict) else ():
        prefix, star, suffix = alias.partition("*")
        given = [target for target in targets if isinstance(target, str)] if isinstance(targets, list) else []
        aliases += [(prefix, suffix if star else "", posixpath.join(folder, target)) for target in given]
    return aliases
