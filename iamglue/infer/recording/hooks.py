"""Wraps botocore's one point of all calls, and the makers of presigned URLs, while tests run.

The class is wrapped, so that clients made before, in threads, under moto or with a Stubber are recorded too
(https://github.com/boto/botocore, botocore/client.py and botocore/signers.py; aiobotocore overrides the same methods).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from importlib import import_module
from importlib.util import find_spec
from inspect import isawaitable
from types import ModuleType
from typing import Any

import botocore.client
import botocore.signers

from iamglue.infer.recording.recorder import Recorder

_CALL = "_make_api_call"
_PRESIGNED = ("generate_presigned_url", "generate_presigned_post")
Method = Callable[..., Any]


def install_hooks(recorder: Recorder) -> Callable[[], None]:
    """Record every call of botocore, and of aiobotocore if it is installed; returns what undoes it."""
    undo = [_wrap_calls(botocore.client.BaseClient, recorder)]
    undo += _wrap_presigned(botocore.signers, botocore.client.BaseClient, recorder)
    if find_spec("aiobotocore"):
        client = import_module("aiobotocore.client").AioBaseClient
        undo.append(_wrap_calls(client, recorder))
        undo += _wrap_presigned(import_module("aiobotocore.signers"), client, recorder)

    def uninstall() -> None:
        for step in reversed(undo):
            step()

    return uninstall


def _wrap_calls(owner: type, recorder: Recorder) -> Callable[[], None]:
    """Wrap the method of a client class through which all its calls go; returns what undoes it."""
    original: Method = getattr(owner, _CALL)

    @wraps(original)
    def call(self: Any, operation_name: str, api_params: Mapping[str, Any]) -> Any:
        """Record the call, and the credentials if it assumes a role, and make it."""
        _record(recorder, self, operation_name, api_params)
        response = original(self, operation_name, api_params)
        if not operation_name.startswith("AssumeRole"):
            return response
        if isawaitable(response):
            return _with_role(recorder, api_params, response)
        _record_role(recorder, api_params, response)
        return response

    setattr(owner, _CALL, call)
    return lambda: setattr(owner, _CALL, original)


def _wrap_presigned(signers: ModuleType, base: type, recorder: Recorder) -> list[Callable[[], None]]:
    """Wrap what client classes get as methods, for classes that are made later and those that there are."""
    undo: list[Callable[[], None]] = []
    for name in _PRESIGNED:
        original: Method | None = getattr(signers, name, None)
        if original is not None:
            wrapped = _record_presigned(original, recorder)
            owners = [signers, *(kind for kind in _subclasses(base) if kind.__dict__.get(name) is original)]
            for owner in owners:
                setattr(owner, name, wrapped)
            undo.append(_restore(owners, name, original))
    return undo


def _restore(owners: list[Any], name: str, original: Method) -> Callable[[], None]:
    """The function that gives the owners their original method back."""

    def restore() -> None:
        for owner in owners:
            setattr(owner, name, original)

    return restore


def _subclasses(base: type) -> list[type]:
    direct: list[type] = base.__subclasses__()
    return [kind for child in direct for kind in (child, *_subclasses(child))]


def _record_presigned(original: Method, recorder: Recorder) -> Method:
    """The method that records the request that a presigned URL or form allows, and makes it."""

    @wraps(original)
    def presign(self: Any, *arguments: Any, **named: Any) -> Any:
        """Record the request, and presign it; an unknown method is left to botocore, which raises an error."""
        if original.__name__ == "generate_presigned_post":
            values = dict(zip(("Bucket", "Key"), arguments, strict=False)) | named
            _record(recorder, self, "PutObject", {name: values.get(name) for name in ("Bucket", "Key")})
        else:
            values = dict(zip(("ClientMethod", "Params"), arguments, strict=False)) | named
            operation = self._PY_TO_OP_NAME.get(values.get("ClientMethod"))
            if operation:
                _record(recorder, self, operation, values.get("Params") or {})
        return original(self, *arguments, **named)

    return presign


def _record(recorder: Recorder, client: Any, operation: str, parameters: Mapping[str, Any]) -> None:
    """Record a call of a client; the access key says whether a role was assumed."""
    credentials = getattr(client._request_signer, "_credentials", None)  # noqa: SLF001 - botocore has no public way
    place = (client.meta.service_model.service_name, operation, client.meta.region_name or "")
    recorder.record(place, parameters, getattr(credentials, "access_key", None))


async def _with_role(recorder: Recorder, parameters: Mapping[str, Any], response: Awaitable[Any]) -> Any:
    """The response of aiobotocore, of which the credentials are remembered."""
    answer = await response
    _record_role(recorder, parameters, answer)
    return answer


def _record_role(recorder: Recorder, parameters: Mapping[str, Any], response: Any) -> None:
    """Remember the credentials of an assumed role."""
    key = response.get("Credentials", {}).get("AccessKeyId") if isinstance(response, dict) else None
    if key and "RoleArn" in parameters:
        recorder.record_role(str(parameters["RoleArn"]), key)
