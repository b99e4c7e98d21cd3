"""What a parameter that names a resource may be."""

from __future__ import annotations

from iamglue.infer.code.calls import SdkCall
from iamglue.infer.code.parameter_paths import texts_at, values_at
from iamglue.infer.code.values import CodeValue, Text


def naming_texts(call: SdkCall, path: str) -> tuple[tuple[Text, ...], bool]:
    """The texts at a path that may be a name; a mapping `{Bucket, Key}` gives its bucket."""
    values = values_at(call.parameters, path)
    lists = [value.items for value in values if value.items is not None]
    if any(value.member("Bucket") for value in values):
        texts, is_complete = texts_at(call.parameters, f"{path}.Bucket")
    elif lists and not any(value.texts for value in values):
        texts, is_complete = _item_texts(lists, values)
    else:
        texts, is_complete = texts_at(call.parameters, path)
    return _without_empty(texts, is_complete=is_complete), is_complete


def _without_empty(texts: tuple[Text, ...], *, is_complete: bool) -> tuple[Text, ...]:
    """The texts that may be a name: `os.environ.get("TABLE", "")` does not name the table ""."""
    return tuple(text for text in texts if text) if any(texts) or not is_complete else texts


def _item_texts(lists: list[CodeValue], values: tuple[CodeValue, ...]) -> tuple[tuple[Text, ...], bool]:
    texts = {text for value in lists for text in value.texts}
    return tuple(sorted(texts, key=str)), all(value.is_complete for value in (*lists, *values))
