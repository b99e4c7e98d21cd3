"""The access that a program, a policy or a recording shows, with the evidence for each part of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from iamglue.catalog.resource_formats import action_resource_types, resource_type_formats
from iamglue.catalog.verbs import limiting_condition_keys
from iamglue.infer.code.calls import CallBasis, CodePlace, FailedFile, UnresolvedCall
from iamglue.infer.code.values import ValueOrigin
from iamglue.model.spec import AccessEntry


@dataclass(frozen=True, slots=True)
class InferredAccess:
    """One action on one resource that a program needs.

    `entry` says the same as an entry of a spec, with this one action in `do`; deployment parameters in it are called
    as the environment variables that hold the values. `operation` is the SDK's (`dynamodb.PutItem`). `companion_of` is
    the action whose call requires this one as well, or "".
    """

    action: str
    entry: AccessEntry
    operation: str
    origin: ValueOrigin
    basis: CallBasis = CallBasis.TYPE
    is_reached: bool = True
    evidence: tuple[CodePlace, ...] = ()
    companion_of: str = ""

    @property
    def resource(self) -> str:
        """The resource as one text: an ARN pattern or a name as a spec takes it; `*` where it is not known."""
        named = self.entry.resource
        if self.action in limiting_condition_keys():  # the entry names the value of a condition key
            return "*"
        text = named.text if named.text is not None else self._variables_text(dict(named.variables))
        return f"{text}/index/{self.entry.index}" if self.entry.index and not text.startswith("arn:") else text

    def _variables_text(self, variables: dict[str, str]) -> str:
        """The name that means the same as the variables of the ARN format: `sales/orders` for a table."""
        if "Arn" in variables:
            return variables["Arn"]
        kind = action_resource_types(self.action).get((self.entry.resource_type or "").lower())
        formats = resource_type_formats(self.action, kind) if kind else ()
        form = next((form for form in formats if set(form.variables) == set(variables)), None)
        return form.fill_resource(variables)[len(form.resource.partition("${")[0]) :] if form else "*"


@dataclass(frozen=True, slots=True)
class ConditionalAccess:
    """An action that the program needs only if something holds that its code does not say: `when`, in words.

    `key_of` is the resource whose data a customer managed KMS key may encrypt, with its service, if it is about a key.
    """

    action: str
    resource: str
    when: str
    evidence: tuple[CodePlace, ...] = ()
    key_of: str = ""


@dataclass(frozen=True, slots=True)
class OtherRoleAccess:
    """An operation that the program calls with the credentials of another role; `role` is its ARN, or a pattern."""

    operation: str
    role: str
    evidence: tuple[CodePlace, ...] = ()


@dataclass(frozen=True, slots=True)
class InferredCode:
    """What a program's code says of the access that it needs, and what could not be read of it."""

    access: tuple[InferredAccess, ...] = ()
    conditional: tuple[ConditionalAccess, ...] = ()
    unresolved: tuple[UnresolvedCall, ...] = ()
    other_roles: tuple[OtherRoleAccess, ...] = ()
    read: tuple[str, ...] = ()
    failed: tuple[FailedFile, ...] = field(default=())

    @property
    def is_complete(self) -> bool:
        """Whether all calls are resolved and all files were read."""
        return not self.unresolved and not self.failed
