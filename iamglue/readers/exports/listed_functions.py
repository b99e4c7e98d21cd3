"""Functions from a file: what `aws lambda list-functions` prints.

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
    """The functions of a file, and what it does not tell of them."""

    functions: tuple[DeployedFunction, ...] = ()
    not_evaluated: tuple[NotEvaluated, ...] = ()


def read_listed_functions(path: str, text: str, account: str) -> ListedFunctions:
    """The functions of a file; a version that has the function's role is the function itself.

    Raises IamglueError, with a place, for a text that is no such list, and for functions of another account.
    """
    return _List(path, text, account).read()


class _List:
    """A list that is being read; a function with another role in one of its versions counts for each role."""

    def __init__(self, path: str, text: str, account: str) -> None:
        self._answers = ResponseParser(path, text)
        self._account = account
        self._found: dict[tuple[str, str], tuple[bool, DeployedFunction]] = {}
        self._gaps: list[NotEvaluated] = []
        self._truncated = False

    def read(self) -> ListedFunctions:
        keys: set[str] = set()
        for page in self._answers.pages():
            self._truncated = False
            for item in page:
                keys.add(item.key)
                self._take(item)
        if _FUNCTIONS not in keys:
            hint = "this is the export itself: it goes with --input" if "RoleDetailList" in keys else None
            message = f"this is not what `{_COMMAND}` prints: it has no `{_FUNCTIONS}`"
            raise self._answers.error(0, message, hint or f"write it with `{_COMMAND} --output json`")
        functions = tuple(function for _, function in self._found.values())
        return ListedFunctions(functions, (*self._gaps, *self._untold(len(functions))))

    def _take(self, item: ResponseItem) -> None:
        if item.key == _FUNCTIONS and item.value != []:
            fields = ResponseFields.from_item(self._answers, item)
            latest = (fields.optional_text("Version") or _LATEST) == _LATEST
            found = self._function(fields)
            known = self._found.get((found.arn, found.role_arn))
            if known is None or (latest and not known[0]):
                self._found[found.arn, found.role_arn] = latest, found
        elif item.key in ("NextMarker", "NextToken"):
            self._truncated = self._truncated or bool(item.value)

    def _function(self, fields: ResponseFields) -> DeployedFunction:
        name, arn = fields.text("FunctionName"), ":".join(fields.arn("FunctionArn").split(":")[:_ARN_PARTS])
        if arn.count(":") < _ARN_PARTS - 1:
            raise fields.error(f"`{arn[:80]}` is no function's ARN", "FunctionArn")
        if self._account not in (ACCOUNT_PARAMETER, arn.split(":")[4]):
            message = f"it is a function of the account {arn.split(':')[4]}, and the export is that of {self._account}"
            raise fields.error(message, "FunctionArn", "both files have to be of one account")
        vpc, tracing, logging = (fields.map(each) for each in ("VpcConfig", "TracingConfig", "LoggingConfig"))
        dead_letter = fields.map("DeadLetterConfig")
        return DeployedFunction(
            name=name,
            arn=arn,
            role_arn=fields.arn("Role"),
            runtime=fields.optional_text("Runtime"),
            environment=self._variables(fields, Subject("function", name, arn)),
            key_arn=fields.optional_text("KMSKeyArn") or None,
            in_vpc=bool(vpc and vpc.raw("SubnetIds")),
            tracing=bool(tracing and tracing.raw("Mode") == "Active"),
            log_group=(logging.optional_text("LogGroup") if logging else None) or None,
            dead_letter=(dead_letter.optional_text("TargetArn") if dead_letter else None) or None,
            layers=tuple(each.text("Arn") for each in fields.maps("Layers")),
            file_systems=tuple(each.text("Arn") for each in fields.maps("FileSystemConfigs")),
        )

    def _variables(self, fields: ResponseFields, subject: Subject) -> tuple[str, ...]:
        """The names of a function's variables; their values are not looked at."""
        environment = fields.map("Environment")
        if environment is None:
            return ()
        if environment.raw("Error") is not None:
            reason = "they are encrypted, and whoever listed the functions may not decrypt them"
            self._gaps.append(NotEvaluated(NotEvaluatedKind.UNDECIDABLE, subject, "the names of its variables", reason))
        variables = environment.map("Variables")
        return tuple(sorted(variables.field_names())) if variables else ()

    def _untold(self, count: int) -> list[NotEvaluated]:
        subject = Subject("account", self._account)
        found = []
        if self._truncated:
            reason = "it says that more pages follow: run the command without --max-items and --no-paginate"
            found.append(NotEvaluated(NotEvaluatedKind.FAILED, subject, "the rest of the list of functions", reason))
        if count:
            what = f"who may invoke {count} functions, what is polled for them, and where their results go"
            reason = f"`{_COMMAND}` does not tell of resource-based policies, URLs, event sources and destinations"
            found.append(NotEvaluated(NotEvaluatedKind.UNDECIDABLE, subject, what, reason))
        return found
