"""EXIF data of an image as a DynamoDB item; knows nothing of Lambda, S3 or boto3."""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, BinaryIO

import exifread

# DynamoDB keeps 38 digits and refuses NaN and infinity; an item is at most 400 KB:
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
_DIGITS = 12
_LARGEST_EXPONENT = 125
_LONGEST = 1024

_UNDEFINED = 7  # EXIF's own type for bytes whose meaning the tag defines
_SOUTH_OR_WEST = ("S", "W")
_OFFSETS = ("ExifOffset", "GPSInfo")  # where the file keeps the tags; says nothing of the photograph


def read(image: BinaryIO) -> dict[str, Any]:
    """The image's EXIF tags as DynamoDB values; empty for an image without any and for what is not an image."""
    try:
        tags = exifread.process_file(image, details=False, extract_thumbnail=False)
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, struct.error):
        return {}  # a damaged file: exifread reads on as far as it can, and then raises what it stumbles over
    values = {_name(tag): _value(found) for tag, found in tags.items() if hasattr(found, "values")}
    return {name: value for name, value in values.items() if value is not None and name not in _OFFSETS}


def item(bucket: str, key: str, data: Mapping[str, Any], version: str | None = None) -> dict[str, Any]:
    """The item for one object: `image` is the table's key, the rest is what the photograph tells."""
    made: dict[str, Any] = {"image": f"s3://{bucket}/{key}", "exif": dict(data)}
    place = position(data)
    optional = {"version": version, "taken": data.get("DateTimeOriginal"), "position": place}
    return made | {name: value for name, value in optional.items() if value is not None}


def position(data: Mapping[str, Any]) -> dict[str, Decimal] | None:
    """Latitude and longitude in degrees, south and west negative; None unless both are known."""
    latitude = _degrees(data.get("GPSLatitude"), data.get("GPSLatitudeRef"))
    longitude = _degrees(data.get("GPSLongitude"), data.get("GPSLongitudeRef"))
    if latitude is None or longitude is None:
        return None
    return {"latitude": latitude, "longitude": longitude}


def _degrees(parts: object, side: object) -> Decimal | None:
    if not isinstance(parts, list) or len(parts) != 3 or not all(isinstance(part, Decimal) for part in parts):
        return None
    degrees, minutes, seconds = parts
    size: Decimal = (degrees + minutes / 60 + seconds / 3600).quantize(Decimal("0.000001"))
    return -size if side in _SOUTH_OR_WEST else size


def _name(tag: str) -> str:
    """`GPS GPSLatitude` and `EXIF ExposureTime` without the directory they stand in; a thumbnail's keep theirs."""
    directory, _, name = tag.partition(" ")
    return name if directory in ("Image", "EXIF", "GPS") else tag


def _value(found: Any) -> Any:
    """A tag's value: text, bytes, a number, or a list of numbers; None where nothing can be stored."""
    values = found.values
    if isinstance(values, str):
        return values.strip("\x00 ")[:_LONGEST] or None
    if found.field_type == _UNDEFINED or isinstance(values, bytes):
        return _bytes(values)
    numbers = [_number(value) for value in values[:_LONGEST]]
    if not numbers or any(number is None for number in numbers):
        return None
    return numbers[0] if len(numbers) == 1 else numbers


def _bytes(values: Sequence[int]) -> bytes | None:
    return bytes(values[:_LONGEST]) or None


def _number(value: object) -> Decimal | int | None:
    """An integer, or a Decimal that DynamoDB takes; None for 1/0, NaN and infinity, which cameras do write."""
    if isinstance(value, int):
        return value
    if isinstance(value, Fraction) and value.denominator:
        return _rounded(Decimal(value.numerator) / value.denominator)
    return _rounded(Decimal(value)) if isinstance(value, float) and math.isfinite(value) else None


def _rounded(number: Decimal) -> Decimal | None:
    return Decimal(f"{number:.{_DIGITS}g}") if abs(number.adjusted()) < _LARGEST_EXPONENT else None
