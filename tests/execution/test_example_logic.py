"""The examples' own logic, apart from Lambda and AWS."""

import importlib
import io
import json
import random
import sys
from contextlib import contextmanager
from decimal import Decimal

import pytest
from boto3.dynamodb.types import TypeSerializer
from execution.exif_pipeline import PHOTO
from execution.lambda_service import EXAMPLES


@contextmanager
def logic(example, name):
    sys.path.insert(0, str(EXAMPLES / example / "function"))
    try:
        yield importlib.import_module(name)
    finally:
        sys.path.pop(0)
        sys.modules.pop(name, None)


@pytest.fixture
def exif():
    with logic("exif-pipeline", "exif") as module:
        yield module


@pytest.fixture
def orders():
    with logic("queue-to-vault", "orders") as module:
        yield module


@pytest.fixture
def pages():
    with logic("tenant-api", "pages") as module:
        yield module


def test_the_photograph_says_what_its_maker_wrote_and_omits_the_unknown_distance(exif):
    data = exif.read(io.BytesIO(PHOTO))
    assert data["ExposureTime"] == Decimal("0.004")
    assert data["FNumber"] == Decimal("5.6")
    assert data["ISOSpeedRatings"] == 200
    assert data["ExifVersion"] == b"0232"
    assert data["GPSLatitude"] == [Decimal(53), Decimal(20), Decimal("34.56")]
    assert "SubjectDistance" not in data
    assert len(PHOTO) < 20_000


@pytest.mark.parametrize("content", [b"", b"no picture", b"\xff\xd8\xff\xd9", b"II*\x00\xff\xff\xff\xff"])
def test_what_holds_no_exif_data_yields_nothing(exif, content):
    assert exif.read(io.BytesIO(content)) == {}


def test_damaged_files_yield_what_dynamodb_can_store(exif):
    dice, serializer = random.Random(7), TypeSerializer()
    for _ in range(300):
        damaged = bytearray(PHOTO[:1200])
        for _ in range(dice.randint(1, 30)):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        serializer.serialize(exif.item("bucket", "key", exif.read(io.BytesIO(damaged))))


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 1e300, 1e-300, "text"])
def test_numbers_that_dynamodb_cannot_hold_are_left_out(exif, number):
    assert exif._number(number) is None


def test_south_and_west_are_negative_and_half_a_position_is_none(exif):
    data = {"GPSLatitude": [Decimal(33), Decimal(30), Decimal(0)], "GPSLatitudeRef": "S"}
    assert exif.position(data) is None
    data |= {"GPSLongitude": [Decimal(70), Decimal(45), Decimal(0)], "GPSLongitudeRef": "W"}
    assert exif.position(data) == {"latitude": Decimal("-33.5"), "longitude": Decimal("-70.75")}


def test_an_item_keeps_the_version_of_a_versioned_object(exif):
    assert exif.item("b", "k", {})["image"] == "s3://b/k"
    assert "version" not in exif.item("b", "k", {})
    assert exif.item("b", "k", {}, version="v1")["version"] == "v1"


def test_an_order_is_filed_by_day_and_id(orders):
    key, body = orders.document({"id": "o-1", "date": "2026-06-21", "total": 12})
    assert key == "orders/2026-06-21/o-1.json"
    assert json.loads(body) == {"id": "o-1", "date": "2026-06-21", "total": 12}


@pytest.mark.parametrize("order", [{}, {"id": "../x", "date": "2026-06-21"}, {"id": "o-1", "date": "2026-06-21/.."}])
def test_an_order_that_would_leave_its_place_is_refused(orders, order):
    with pytest.raises(orders.BadOrderError):
        orders.document(order)


@pytest.mark.parametrize("text", ["", "no json", "[]", "1"])
def test_a_message_that_is_no_order_is_refused(orders, text):
    with pytest.raises(orders.BadOrderError):
        orders.parse(text)


def test_a_signature_holds_for_one_path_and_query_only(pages):
    signature = pages.sign("hush", "/orders", {"page": "1", "a": "b"})
    assert pages.signed("hush", "/orders", {"a": "b", "page": "1"}, signature)
    assert not pages.signed("hush", "/orders", {"page": "2", "a": "b"}, signature)
    assert not pages.signed("hush", "/others", {"page": "1", "a": "b"}, signature)
    assert not pages.signed("loud", "/orders", {"page": "1", "a": "b"}, signature)
    assert not pages.signed("hush", "/orders", {"page": "1", "a": "b"}, "")


def test_the_next_page_begins_where_the_last_one_ended(pages):
    last = {"id": "o-1", "tenant": "acme"}
    body = json.loads(pages.body([{"id": "o-1", "total": Decimal("1.5")}], last))
    assert body["orders"] == [{"id": "o-1", "total": 1.5}]
    assert pages.start(body["next"]) == last
    assert json.loads(pages.body([], None))["next"] is None


def test_the_night_reports_on_the_day_before():
    with logic("nightly-report", "night") as night:
        day = night.day_before("2026-03-01T02:00:00Z")
        assert (day.isoformat(), night.execution_name(day)) == ("2026-02-28", "roll-up-2026-02-28")
