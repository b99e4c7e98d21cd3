"""Resources that an app refers to and does not make: `Bucket.fromBucketName(this, "Images", "images")`.

A resource whose name is given is one of the template with that name, so that its ARN and URL are known too.
https://docs.aws.amazon.com/cdk/v2/guide/resources.html#resources-importing
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from iamglue.infer.code.cdk.assignments import KeywordMap
from iamglue.infer.code.cdk.cdk_values import Construct, PropertyMap, SourcePlace, UnknownValue
from iamglue.infer.code.cdk.instances import path_of
from iamglue.infer.code.cdk.library_names import camel_case
from iamglue.infer.code.cdk.resource_attributes import RESOURCE_CLASSES, CdkResource

_FIRST_OF_VALUE = 2


def imported_resource(name: str, arguments: Sequence[Any], place: SourcePlace) -> Construct | None:
    """The construct that a static method `from...` gives; None if it is not known what the method imports."""
    owner, _, method = name.rpartition(".")
    known = RESOURCE_CLASSES.get(owner.replace(".ITable", ".Table"))
    if known is None:
        return None
    scope, own_id, value = _import_arguments(arguments)
    path = (*(path_of(scope) or ()), own_id if isinstance(own_id, str) else "")
    construct = Construct(owner, path, PropertyMap(), place, tuple(arguments), is_outside=True)
    if isinstance(value, PropertyMap):
        for key, member in value.members.items():
            _give_attribute(construct, known, camel_case(key), member)
    elif method.endswith(("Arn", "FullArn", "CompleteArn", "PartialArn")):
        _give_attribute(construct, known, _attribute_ending_in(known, "Arn"), value)
    elif method.endswith(("Name", "NameV2", "Id")):
        _give_attribute(construct, known, known.name or _attribute_ending_in(known, "Id"), value)
    return construct


def _import_arguments(arguments: Sequence[Any]) -> tuple[Any, Any, Any]:
    """Scope, id and what the resource is imported by, from arguments by position or by name."""
    positional = [item for item in arguments if not isinstance(item, KeywordMap)]
    named: dict[str, Any] = {}
    for item in arguments:
        named.update(item.members if isinstance(item, KeywordMap) else {})
    scope = positional[0] if positional else named.pop("scope", None)
    own_id = positional[1] if len(positional) > 1 else named.pop("id", None)
    if len(positional) > _FIRST_OF_VALUE:
        return scope, own_id, positional[_FIRST_OF_VALUE]
    return scope, own_id, PropertyMap(named) if named else UnknownValue("what the resource is imported by is not known")


def _attribute_ending_in(known: CdkResource, ending: str) -> str:
    return next((name for name in known.attributes if name.endswith(ending)), "")


def _give_attribute(construct: Construct, known: CdkResource, attribute: str, value: Any) -> None:
    """Note what an attribute is; a name that is known makes all attributes known."""
    if not attribute:
        return
    construct.given[attribute] = value
    if not isinstance(value, str):
        return
    is_arn = attribute.endswith("Arn")
    if attribute == known.name and construct.path[-1]:
        construct.properties.members[known.name] = value
        construct.is_outside = False
    elif is_arn and known.name in known.attributes:
        construct.given[known.name] = value.rpartition(":")[2].rpartition("/")[2] or value
