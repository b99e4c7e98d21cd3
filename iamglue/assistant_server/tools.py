"""The tools by name, and a call of one: with its arguments checked, and its errors as results."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from iamglue.assistant_server.action_tools import find_actions
from iamglue.assistant_server.argument_models import read_arguments
from iamglue.assistant_server.request_tools import compare_policies, evaluate_request, explain_denial
from iamglue.assistant_server.results import ToolAnswer, ToolResult, build_error, build_result
from iamglue.assistant_server.spec_tools import draft_spec, generate_policies
from iamglue.assistant_server.text_tools import fix_text, lint_text
from iamglue.errors import IamglueError
from iamglue.files.text_files import without_files

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AssistantTool:
    """A tool as the client lists it, and the function that answers."""

    title: str
    function: Callable[..., ToolAnswer]

    @property
    def name(self) -> str:
        """The name that a client calls."""
        return self.function.__name__

    @property
    def description(self) -> str:
        """The function's docstring."""
        return inspect.getdoc(self.function) or ""


TOOLS = {
    tool.name: tool
    for tool in (
        AssistantTool("Draft a spec", draft_spec),
        AssistantTool("Generate policies", generate_policies),
        AssistantTool("Lint a text", lint_text),
        AssistantTool("Fix a text", fix_text),
        AssistantTool("Explain a denial", explain_denial),
        AssistantTool("Compare policies", compare_policies),
        AssistantTool("Evaluate a request", evaluate_request),
        AssistantTool("Look up actions", find_actions),
    )
}


def call_tool(tool: AssistantTool, values: Mapping[str, Any]) -> ToolResult:
    """The result of a call. No file is opened, whatever a text names; an unexpected exception becomes an error."""
    try:
        with without_files():
            return build_result(tool.function(**read_arguments(tool.function, values)))
    except IamglueError as error:
        return build_error(error)
    except Exception as error:
        _LOGGER.exception("bug in iamglue")
        return build_error(_bug_error(tool.name, error))


def _bug_error(name: str, error: Exception) -> IamglueError:
    """The error for an unexpected exception, without its text, which may quote the input."""
    return IamglueError(
        f"bug in iamglue: {name} failed with {type(error).__name__}, so nothing is known",
        hint="report it with the arguments; stderr of the server has the details",
    )
