"""Files as `lint` reads them: policies, templates, Terraform, specs, with the suppressions in their comments."""

from __future__ import annotations

from dataclasses import replace

from iamglue.model.parsed_file import ParsedFile
from iamglue.policy.parsed_policy import ParameterValues, PolicyType
from iamglue.readers.broken_texts import may_be_broken
from iamglue.readers.document_size import check_document_sizes
from iamglue.readers.policy_texts import is_spec, may_contain_policies, read_policies
from iamglue.readers.suppression_comments import suppression_comments


def read_file_for_lint(
    path: str,
    text: str,
    *,
    type: PolicyType | None,
    parameter_values: ParameterValues,
) -> ParsedFile:
    """The policies of a file's text; `type` is the type of policies whose file does not say it.

    Raises IamglueError for a policy that is longer than `lint` reads, and where a reader needs a missing extra.
    """
    if is_spec(text):
        from iamglue.inputs.spec_policies import read_spec_policies  # noqa: PLC0415 - startup: only for specs

        file = read_spec_policies(path, text, parameter_values)
    elif type is None and not may_contain_policies(text) and not may_be_broken(path, text):
        return ParsedFile(path, text)  # YAML of another tool may be slow to parse, or not be YAML
    else:
        file = read_policies(path, text, type, parameter_values)
    check_document_sizes(file)
    return replace(file, suppressions=suppression_comments(path, text))
