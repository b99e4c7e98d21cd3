"""Reads the policies in Terraform configurations: one file, with what the other files of its directory say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from iamglue.errors import IamglueError, Location, MultipleErrors
from iamglue.findings import NotEvaluated, Subject
from iamglue.model.parsed_file import ParsedFile
from iamglue.policy.parsed_policy import ParameterValues, ParsedPolicy
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.policy.source.source_text import QuotedSourceText
from iamglue.readers.policy_collector import unreadable_text
from iamglue.readers.terraform.arguments import add_argument_policies
from iamglue.readers.terraform.blocks import TerraformBlock
from iamglue.readers.terraform.file_names import CONFIGURATION_SUFFIXES
from iamglue.readers.terraform.linked_files import linked_files
from iamglue.readers.terraform.merged_documents import MergedDocuments
from iamglue.readers.terraform.module import TerraformModule, parse_files, root_module
from iamglue.readers.terraform.module_files import (
    DirectoryFiles,
    ModuleFile,
    TextFile,
    directory_prefix,
    parse_module_file,
    read_directory,
)
from iamglue.readers.terraform.policy_attributes import POLICY_RESOURCES
from iamglue.readers.terraform.policy_collector import (
    TerraformPolicyCollector,
    add_merged_texts,
    guess_policy_use,
    propagate_uses,
)
from iamglue.readers.terraform.unread_files import policy_of_file
from iamglue.readers.terraform.unread_modules import unread_modules

DATA_SOURCE = "aws_iam_policy_document"
# Files that `lint` reads as policies themselves.
_POLICY_SUFFIXES = (".json", ".yaml", ".yml")
Blocks = dict[str, TerraformBlock]


def read_configuration(path: str, text: str, settings: ParameterValues) -> ParsedFile:
    """The policies of a .tf or .tf.json file; for a malformed file, `syntax_error` of the result is set.

    Other files of the directory are read if the file refers to names that it does not define, or has documents that
    it does not use.
    """
    file, directory = TextFile(path, text), directory_prefix(path)
    try:
        alone = _read_files((parse_module_file(file),), settings, directory=directory)
    except IamglueError as error:
        return ParsedFile(path, text, syntax_error=error)
    siblings = read_directory(directory) if alone.is_incomplete and _is_in_directory(path) else DirectoryFiles()
    files = linked_files(file, siblings.configuration) if siblings.configuration else (file,)
    if len(files) + len(siblings.values) < 2:
        return alone.parsed_file(path, text)
    return _read_siblings(DirectoryFiles(files, siblings.values), settings, directory).parsed_file(path, text)


def _is_in_directory(path: str) -> bool:
    """Whether a path can be that of a file: `<stdin>` is none."""
    return not path.startswith("<")


@dataclass
class ConfigurationPolicies:
    """The policies of a module's files. `is_incomplete`: other files of the module may say more."""

    collector: TerraformPolicyCollector
    is_incomplete: bool = False
    unread: list[tuple[str, NotEvaluated]] = field(default_factory=list)

    def parsed_file(self, path: str, text: str) -> ParsedFile:
        """The file at a path with its policies, in the order of their locations."""
        return build_file(path, text, self.collector, self.unread)


@lru_cache(maxsize=2)
def _read_siblings(files: DirectoryFiles, settings: ParameterValues, directory: str) -> ConfigurationPolicies:
    """The policies of all files of a directory; malformed files are reported when they are read themselves."""
    parsed_files, _ = parse_files(files.configuration)
    return _read_files(parsed_files, settings, files.values, directory)


def _read_files(
    files: Sequence[ModuleFile],
    settings: ParameterValues,
    values: Sequence[TextFile] = (),
    directory: str = "",
) -> ConfigurationPolicies:
    """The policies of a root module with these files, and of modules whose source is known here."""
    module = root_module(files, settings, values, directory.rstrip("/") or ".", placeholders=True)
    resources, documents = _policy_blocks(module)
    for child in _known_children(module):
        child_resources, child_documents = _policy_blocks(child)
        resources |= child_resources
        documents |= child_documents
    collector = TerraformPolicyCollector(module.scope, settings, documents)
    has_unused = collect_policies(collector, resources)
    add_argument_policies(collector, module.blocks)
    has_unused = has_unused or any(policy.name.startswith("local.") for policy in collector.policies)
    # A .tfvars file may give each variable another value than its default.
    has_variables = any(block.kind == "variable" for block in module.blocks)
    is_incomplete = has_unused or has_variables or bool(module.scope.state.missing_names)
    return ConfigurationPolicies(collector, is_incomplete, list(unread_modules(module)))


def _policy_blocks(module: TerraformModule) -> tuple[Blocks, Blocks]:
    """The instances of resources with policies and of policy documents, by address; also of those with `count = 0`."""
    resources: Blocks = {}
    documents: Blocks = {}
    for resource in module.resources:
        kind = resource.block.labels[0]
        is_document = resource.block.kind == "data" and kind == DATA_SOURCE
        if is_document or (resource.block.kind == "resource" and kind in POLICY_RESOURCES):
            blocks = documents if is_document else resources
            is_of_user = not isinstance(resource.block.location_node.source, QuotedSourceText)
            for key in resource.instances.bindings or ("",) * is_of_user:
                blocks[f"{module.scope.prefix}{resource.address}{key}"] = resource.instance(key)
    return resources, documents


def _known_children(module: TerraformModule) -> Iterator[TerraformModule]:
    """The modules that are known by their arguments; local ones are read with their own files."""
    for call in module.calls:
        if not call.source.startswith("."):
            for key in call.instances().bindings:
                child = module.child(call, key)
                if child is not None:
                    yield child


def collect_policies(collector: TerraformPolicyCollector, resources: Blocks) -> bool:
    """Add the policies of resources, then the data sources; returns whether nothing uses some data source."""
    collector.add_owners(resources)
    for address, block in resources.items():
        collector.add_resource(block.labels[0], address, block)
    propagate_uses(collector)
    add_merged_texts(collector)
    has_unused = False
    for address, block in collector.documents.items():
        merged = MergedDocuments(collector, block.location_node.path)
        node = collector.read_document(address, block, merged.statements_of)
        if node is None:
            continue
        if isinstance(block.location_node.source, QuotedSourceText) and not _has_statements_of_user(node):
            continue  # the document of a known module, which its author cannot change
        if node.get("Statement") is not None or node.kind is not NodeKind.MAP:
            use = collector.uses.get(address)
            has_unused = has_unused or use is None
            collector.add_policy(address, node, use or guess_policy_use(node))
    return has_unused


def _has_statements_of_user(node: Node) -> bool:
    """Whether a statement of a document is in the user's files, not in the text of a known module."""
    statements = node.get("Statement")
    return statements is not None and any(
        not isinstance(statement.source, QuotedSourceText) for statement in statements.items
    )


def build_file(
    path: str, text: str, collector: TerraformPolicyCollector, unread: Iterable[tuple[str, NotEvaluated]] = ()
) -> ParsedFile:
    """The parsed file with those of the collected policies that are in it, in the order of their locations."""
    errors = [error for declaring_path, error in collector.malformed if declaring_path == path]
    malformed = [error for error in errors if error.location is None or error.location.path == path]
    others = [error for error in errors if error not in malformed and not _is_read_itself(error.location)]
    failures = [unreadable_text(error, path) for error in (*malformed[1:], *others)]
    policies = [policy for policy in collector.policies if _is_reported(policy, path, collector)]
    problems = MultipleErrors([*collector.duplicates, *collector.scope.problems]).problems
    return ParsedFile(
        path,
        text,
        policies=tuple(sorted(_without_duplicates(policies), key=_file_offset)),
        attachments=tuple(attachment for attachment in collector.attachments if attachment.node.path == path),
        syntax_error=next(iter(malformed), None),
        duplicate_keys=tuple(problem for problem in problems if problem.location and problem.location.path == path),
        not_evaluated=(
            *(entry for entry_path, entry in (*collector.not_evaluated, *unread) if entry_path == path),
            *failures,
            *dict.fromkeys(_policies_of_files(path, collector, errors)),
            *collector.scope.budget.not_evaluated(path),
        ),
    )


def _policies_of_files(
    path: str, collector: TerraformPolicyCollector, errors: Iterable[IamglueError]
) -> Iterator[NotEvaluated]:
    """What a file takes from files of policies, which are checked by themselves only."""
    for policy in collector.policies:
        block = collector.locations.get(policy.name)
        is_elsewhere = policy.path != path and policy.path.endswith(_POLICY_SUFFIXES)
        if block is not None and block.path == path and is_elsewhere:
            yield policy_of_file(Subject("policy", policy.name), block.location, policy.path)
    for error in errors:
        if error.location is not None and error.location.path != path and _is_read_itself(error.location):
            yield policy_of_file(Subject("policy", path), None, error.location.path)


def _is_reported(policy: ParsedPolicy, path: str, collector: TerraformPolicyCollector) -> bool:
    """Whether a policy is one of a file: it is in the file, or in a template that only the file refers to."""
    block = collector.locations.get(policy.name)
    is_declared = block is not None and block.path == path
    return policy.path == path or (is_declared and not _is_read_itself(policy.node.location))


def _is_read_itself(location: Location | None) -> bool:
    return location is not None and location.path.endswith((*CONFIGURATION_SUFFIXES, *_POLICY_SUFFIXES))


def _file_offset(policy: ParsedPolicy) -> int:
    return policy.node.source.file_offset(policy.node.start)


def _without_duplicates(policies: Sequence[ParsedPolicy]) -> list[ParsedPolicy]:
    """The policies without those that instances of a block have in common with an earlier instance."""
    seen: set[object] = set()
    result = []
    for policy in policies:
        node = policy.node
        key = (node.start, node.end, policy.type, policy.resource_type, tuple(value.text for value in node.walk()))
        if not (policy.name.endswith("]") and key in seen):
            result.append(policy)
        seen.add(key)
    return result
