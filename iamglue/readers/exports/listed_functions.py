"""Reads functions from the output of `aws lambda list-functions`.

https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html
"""

from __future__ import annotations

from dataclasses import dataclass

from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.model.account import DeployedFunction
from iamglue.policy.patterns.variables import ACCOUNT_PARAMETER
from iamglue.readers.exports.response_fields import ResponseFields
from iamglue.readers.exports.response_parser import ResponseItem, ResponseParser

_COMMAND = "aws lambda list-functions"
_FUNCTIONS = "Functions"
_LATEST = "$LATEST"
_ARN_PARTS = 7


@dataclass(frozen=True, slots=True)
class ListedFunctions:
    """The functions of a file, and the parts of them that the file does not contain."""

    functions: tuple[DeployedFunction, ...] = ()
    not_evaluated: tuple[NotEvaluated, ...] = ()


def read_listed_functions(path: str, text: str, account: str) -> ListedFunctions:
    """Read the functions of a file; a version with the same role as its function is not a separate function.

    Raises IamglueError, with a location, for a text that is not such a list and for functions of another account.
    """
    return _FunctionListReader(path, text, account).read()


class _FunctionListReader:
    """Reads one list; a function whose versions have different roles is returned once for each role."""

    def __init__(self, path: str, text: str, account: str) -> None:
        self._parser = ResponseParser(path, text)
        self._account = account
        self._functions: dict[tuple[str, str], tuple[bool, DeployedFunction]] = {}
        self._not_evaluated: list[NotEvaluated] = []
        self._truncated = False

    def read(self) -> ListedFunctions:
        """Read every page. Raises IamglueError for a text that is not a list of functions."""
        keys: set[str] = set()
        for page in self._parser.pages():
            self._truncated = False
            for item in page:
                keys.add(item.key)
                self._add_item(item)
        if _FUNCTIONS not in keys:
            hint = "this file is the IAM export: give it with --input" if "RoleDetailList" in keys else None
            message = f"the file is not output of `{_COMMAND}`: the key `{_FUNCTIONS}` is missing"
            raise self._parser.error(0, message, hint or f"create the file with `{_COMMAND} --output json`")
        functions = tuple(function for _, function in self._functions.values())
        return ListedFunctions(functions, (*self._not_evaluated, *self._find_missing_parts(functions)))

    def _add_item(self, item: ResponseItem) -> None:
        """Add a function, by its ARN and role, or note that there are more pages; `$LATEST` replaces versions."""
        if item.key == _FUNCTIONS and item.value != []:
            fields = ResponseFields.from_item(self._parser, item)
            latest = (fields.optional_text("Version") or _LATEST) == _LATEST
            function = self._parse_function(fields)
            earlier = self._functions.get((function.arn, function.role_arn))
            if earlier is None or (latest and not earlier[0]):
                self._functions[function.arn, function.role_arn] = latest, function
        elif item.key in ("NextMarker", "NextToken"):
            self._truncated = self._truncated or bool(item.value)

    def _parse_function(self, fields: ResponseFields) -> DeployedFunction:
        """The function of an item. Raises IamglueError for a wrong ARN, or one of another account."""
        name, arn = fields.text("FunctionName"), ":".join(fields.arn("FunctionArn").split(":")[:_ARN_PARTS])
        if arn.count(":") < _ARN_PARTS - 1:
            raise fields.error(f"`{arn[:80]}` is not the ARN of a function", "FunctionArn")
        if self._account not in (ACCOUNT_PARAMETER, arn.split(":")[4]):
            message = (
                f"the function is in account {arn.split(':')[4]}, but the IAM export is of account {self._account}"
            )
            raise fields.error(message, "FunctionArn", "give two files of the same account")
        vpc, tracing, logging = (fields.map(key) for key in ("VpcConfig", "TracingConfig", "LoggingConfig"))
        dead_letter, durable = fields.map("DeadLetterConfig"), fields.map("DurableConfig")
        return DeployedFunction(
            name=name,
            arn=arn,
            role_arn=fields.arn("Role"),
            runtime=fields.optional_text("Runtime"),
            environment=self._variable_names(fields, Subject("function", name, arn)),
            key_arn=fields.optional_text("KMSKeyArn") or None,
            in_vpc=bool(vpc and vpc.raw("SubnetIds")),
            tracing=bool(tracing and tracing.raw("Mode") == "Active"),
            log_group=(logging.optional_text("LogGroup") if logging else None) or None,
            dead_letter=(dead_letter.optional_text("TargetArn") if dead_letter else None) or None,
            layers=tuple(key.text("Arn") for key in fields.maps("Layers")),
            file_systems=tuple(key.text("Arn") for key in fields.maps("FileSystemConfigs")),
            durable=durable is not None,
            durable_key=(durable.optional_text("KMSKeyArn") if durable else None) or None,
        )

    def _variable_names(self, fields: ResponseFields, subject: Subject) -> tuple[str, ...]:
        """Return the names of a function's environment variables; their values are not read."""
        environment = fields.map("Environment")
        if environment is None:
            return ()
        if environment.raw("Error") is not None:
            reason = "they are encrypted, and the caller of list-functions had no permission to decrypt them"
            self._not_evaluated.append(
                NotEvaluated(NotEvaluatedKind.UNDECIDABLE, subject, "the names of its environment variables", reason)
            )
        variables = environment.map("Variables")
        return tuple(sorted(variables.field_names())) if variables else ()

    def _find_missing_parts(self, functions: tuple[DeployedFunction, ...]) -> list[NotEvaluated]:
        """List what the output of the command does not contain for the functions."""
        is_known = self._account != ACCOUNT_PARAMETER or not functions
        subject = Subject("account", self._account if is_known else functions[0].account)
        not_evaluated = []
        if self._truncated:
            reason = "the output is truncated: run the command without --max-items and --no-paginate"
            not_evaluated.append(
                NotEvaluated(NotEvaluatedKind.FAILED, subject, "the rest of the list of functions", reason)
            )
        if functions:
            number = "1 function" if len(functions) == 1 else f"{len(functions):,} functions"
            what = f"resource-based policies, function URLs, event source mappings and destinations of {number}"
            reason = f"the output of `{_COMMAND}` does not contain them"
            not_evaluated.append(NotEvaluated(NotEvaluatedKind.UNDECIDABLE, subject, what, reason))
        return not_evaluated
