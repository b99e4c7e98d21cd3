"""What calls of the SDK return: nothing of it is known, but for values that name what the request named."""

from __future__ import annotations

from iamglue.infer.code.python.abstract_objects import NOTHING, AbstractObject, ArgumentValues, Site, Values
from iamglue.infer.code.python.interning import interned_dataclass
from iamglue.infer.code.python.strings import UNKNOWN_STRINGS, literals_of, values_of
from iamglue.infer.code.values import UnknownPart, ValueOrigin
from iamglue.policy.patterns.variables import ACCOUNT_PARAMETER

# Client, operation, member of the response -> the parameter that names the same resource.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueUrl.html and the like
_NAMED_BY = {
    ("sqs", "GetQueueUrl", "QueueUrl"): "QueueName",
    ("sqs", "CreateQueue", "QueueUrl"): "QueueName",
    ("sns", "CreateTopic", "TopicArn"): "Name",
    ("dynamodb", "CreateTable", "TableDescription.TableName"): "TableName",
    ("s3", "CreateMultipartUpload", "Bucket"): "Bucket",
    ("s3", "CreateMultipartUpload", "Key"): "Key",
    ("secretsmanager", "GetSecretValue", "ARN"): "SecretId",
    ("secretsmanager", "DescribeSecret", "ARN"): "SecretId",
    ("secretsmanager", "CreateSecret", "ARN"): "Name",
}
# https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
_OWN_ACCOUNT = ("sts", "GetCallerIdentity", "Account")
ROLE_OPERATIONS = frozenset({"AssumeRole", "AssumeRoleWithWebIdentity", "AssumeRoleWithSAML"})
_MAX_PATH = 6


@interned_dataclass
class ResponseObject(AbstractObject):
    """The response of a request made at a place, or the part of it at `path`."""

    client: str
    operation: str
    site: int
    context: tuple[int, ...]
    path: tuple[str, ...] = ()

    def step(self, key: str, at: Site) -> Values:
        """The member of that key: what the request named, or a part of the response."""
        parameter = _NAMED_BY.get((self.client, self.operation, key))
        if parameter is not None and not self.path:
            return at.read((self.client, self.operation, self.site, self.context, parameter)) or UNKNOWN_STRINGS
        if (self.client, self.operation, *self.path, key) == _OWN_ACCOUNT:
            return values_of([(UnknownPart(ValueOrigin.TEMPLATE, "AWS::AccountId", ACCOUNT_PARAMETER),)])
        if len(self.path) >= _MAX_PATH:
            return frozenset({self})
        return frozenset({ResponseObject(self.client, self.operation, self.site, self.context, (*self.path, key))})

    def item(self, key: Values, at: Site) -> Values:
        """A member by its key."""
        keys = literals_of(key)
        values: Values = NOTHING
        for name in keys or ["*"]:
            values |= self.step(name, at)
        return values

    def elements(self, at: Site) -> Values:
        """Any element; a page of a listing is a response."""
        return self.step("[]", at) if self.path else frozenset({self})

    def attribute(self, name: str, at: Site) -> Values:  # noqa: ARG002
        """A method or attribute of it."""
        return frozenset({ResponseMethod(self, name)})

    @property
    def role(self) -> tuple[object, ...] | None:
        """The cell of the role's ARN if these are credentials of a role that the program assumes."""
        if self.client == "sts" and self.operation in ROLE_OPERATIONS and self.path[:1] == ("Credentials",):
            return (self.client, self.operation, self.site, self.context, "RoleArn")
        return None


@interned_dataclass
class ResponseMethod(AbstractObject):
    """A method or attribute of a response or of a part of it."""

    owner: ResponseObject
    name: str

    def call(self, arguments: ArgumentValues, at: Site) -> Values:
        """`get` gives a member; all others something of the response."""
        if self.name in ("get", "pop", "setdefault"):
            return self.owner.item(arguments.get(0, ""), at) | arguments.get(1, "default")
        return frozenset({self.owner})

    def attribute(self, name: str, at: Site) -> Values:
        """Something of the response."""
        return self.owner.attribute(name, at)

    def item(self, key: Values, at: Site) -> Values:
        """Something of the response."""
        return self.owner.item(key, at)

    def elements(self, at: Site) -> Values:
        """Something of the response."""
        return self.owner.elements(at)


@interned_dataclass
class HarmlessObject(AbstractObject):
    """A part of the SDK that makes no calls: exceptions, configuration, conditions of queries."""

    name: str

    def attribute(self, name: str, at: Site) -> Values:  # noqa: ARG002
        """Harmless as well."""
        return frozenset({self})

    def call(self, arguments: ArgumentValues, at: Site) -> Values:  # noqa: ARG002
        """Harmless as well."""
        return frozenset({self})

    def item(self, key: Values, at: Site) -> Values:  # noqa: ARG002
        """Harmless as well."""
        return frozenset({self})

    def elements(self, at: Site) -> Values:  # noqa: ARG002
        """Harmless as well."""
        return frozenset({self})


def respond(client: str, operation: str, parameters: dict[str, Values], at: Site) -> Values:
    """The response of a request made here; the parameters that name its parts are stored."""
    for (of_client, of_operation, _), parameter in _NAMED_BY.items():
        if (of_client, of_operation) == (client, operation) and parameter in parameters:
            at.write((client, operation, at.site, at.unit.context, parameter), parameters[parameter])
    if client == "sts" and "RoleArn" in parameters:
        at.write((client, operation, at.site, at.unit.context, "RoleArn"), parameters["RoleArn"])
    return frozenset({ResponseObject(client, operation, at.site, at.unit.context)})
