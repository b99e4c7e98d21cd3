"""A document of an editor, as the process that checks documents gets it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from iamglue.cli.config import Config, read_config


@dataclass(frozen=True, slots=True)
class DocumentSource:
    """The text of a document, which may differ from its file.

    `path` is absolute; `root` is the folder of the workspace, empty if the editor opened a file without a folder.
    """

    path: str
    root: str
    text: str

    def enter_directory(self) -> tuple[Config, str]:
        """Change to the directory that paths are relative to; the configuration, and the document's path from there.

        That is the directory of the configuration file, as if `iamglue lint` ran there; without one it is the
        workspace, or the document's own directory. Raises IamglueError for an invalid configuration.
        """
        folder = Path(self.path).parent
        start = folder if folder.is_dir() else Path(self.root or Path.home())
        config = read_config(start)
        base = config.path.parent if config.path else self._workspace(start)
        os.chdir(base)
        if config.path:  # paths that are relative to the working directory are so to this one now
            config = read_config()
        return config, _relative_path(self.path, base)

    def _workspace(self, folder: Path) -> Path:
        root = Path(self.root) if self.root else folder
        return root if root.is_dir() and folder.is_relative_to(root) else folder


def _relative_path(path: str, base: Path) -> str:
    """The path from a directory; the absolute path for a file that is elsewhere."""
    return str(Path(path).relative_to(base)) if Path(path).is_relative_to(base) else path
