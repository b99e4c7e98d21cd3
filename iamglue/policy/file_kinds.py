"""What a file is that a command does not read, and which command reads it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from iamglue.errors import IamglueError, Location
from iamglue.policy.source.nodes import Node

# The names of the files of a Terraform or OpenTofu configuration.
TERRAFORM_SUFFIXES = (".tf", ".tf.json", ".tofu", ".tofu.json")


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of files: what they are, and which command reads them. A file has all keys of one of the sets."""

    description: str
    hint: str
    key_sets: tuple[frozenset[str], ...] = ()
    has_policies: bool = False

    def error(self, expected: str, path: str) -> IamglueError:
        """The error for a file of this kind where another kind is expected."""
        return IamglueError(
            f"the file is {self.description}, not {expected}", hint=self.hint, location=Location(path, 1, 1)
        )


def _keys(*sets: str) -> tuple[frozenset[str], ...]:
    """The sets of keys; in a text they are separated by spaces."""
    return tuple(frozenset(keys.split()) for keys in sets)


POLICY = FileKind(
    "a policy",
    "`iamglue lint` checks a policy, and `iamglue infer policy` writes a spec for it",
    _keys("Statement", "Effect Action", "Effect NotAction"),
    has_policies=True,
)
_CONFIGURATION = FileKind(
    "a Terraform configuration",
    "`iamglue lint` and `iamglue audit --template` read Terraform configurations",
    has_policies=True,
)
SPEC = FileKind(
    "a spec of iamglue", "`iamglue generate` writes the policy of a spec", _keys("iamglue"), has_policies=True
)
EXPORT = FileKind(
    "the export of an account",
    "`iamglue audit --input` reads exports of accounts",
    _keys("RoleDetailList", "UserDetailList", "GroupDetailList"),
    has_policies=True,
)
SAVED_ACCOUNT = FileKind(
    "a file of `iamglue audit --save`",
    "`iamglue audit --input` reads saved accounts",
    _keys("version account documents"),
)
_KINDS = (
    SPEC,
    POLICY,
    EXPORT,
    SAVED_ACCOUNT,
    FileKind(
        "output of `aws lambda list-functions`",
        "`iamglue audit --functions` reads it, next to the export of an account with `--input`",
        _keys("Functions"),
    ),
    FileKind(
        "output of the AWS CLI with a policy",
        "`iamglue lint` reads it; for other commands add `--query PolicyVersion.Document` or `--query PolicyDocument`",
        _keys("PolicyVersion", "PolicyDocument"),
        has_policies=True,
    ),
    FileKind(
        "a Terraform plan",
        "`iamglue lint` and `iamglue audit --template` read Terraform plans",
        _keys("terraform_version planned_values", "terraform_version resource_changes", "planned_values"),
        has_policies=True,
    ),
    FileKind(
        "a serverless.yml",
        "`iamglue lint` and `iamglue audit --template` read templates of the Serverless Framework",
        _keys("service provider"),
        has_policies=True,
    ),
    FileKind(
        "a CloudFormation template",
        "`iamglue lint` and `iamglue audit --template` read templates",
        _keys("Resources", "AWSTemplateFormatVersion"),
        has_policies=True,
    ),
    FileKind(
        "a record of CloudTrail",
        "`iamglue infer trail` reads records of CloudTrail",
        _keys("Records", "Events"),
    ),
    FileKind(
        "a rule file",
        "`iamglue lint --rules` and `iamglue audit --rules` read rule files",
        _keys("version rules"),
    ),
    FileKind(
        "a usage file",
        "`iamglue audit --usage` and `iamglue reconcile --usage` read usage files",
        _keys("version access", "version coverage"),
    ),
)


def find_file_kind(keys: Collection[str], path: str) -> FileKind | None:
    """The kind of the file that has these keys at the top; None if it is not known."""
    if path.endswith(TERRAFORM_SUFFIXES):
        return _CONFIGURATION
    known = set(keys)
    return next((kind for kind in _KINDS if any(keys_of_kind <= known for keys_of_kind in kind.key_sets)), None)


def wrong_file_error(root: Node | None, path: str, expected: str, *kinds: FileKind) -> IamglueError | None:
    """The error for a file of another kind than the expected ones; None if its kind is one of them, or not known.

    `root` is its first document, None if it could not be parsed.
    """
    kind = find_file_kind([key.text for key, _ in root.pairs] if root is not None else (), path)
    return None if kind is None or kind in kinds else kind.error(expected, path)
