"""The EXIF example's scenario: a photograph and a text file arrive in the bucket."""

from decimal import Decimal

from execution.calls import arn
from execution.lambda_service import EXAMPLES, LambdaService
from execution.scenario import LOGS, Scenario, create_bucket, create_table, event, table

PHOTO = (EXAMPLES / "exif-pipeline" / "photo" / "harbour.jpg").read_bytes()


def _prepare() -> None:
    create_bucket("images-bucket", {"in/harbour at dusk.jpg": PHOTO, "in/notes.txt": b"no picture"})
    create_bucket("other-bucket", {"in/harbour at dusk.jpg": PHOTO})
    create_table("exifDataTable", "image")
    create_table("otherTable", "image")


def _play(service: LambdaService) -> None:
    assert service.invoke(event("exif-pipeline")) == {"stored": 1, "skipped": 1}


def _check() -> None:
    (item,) = table("exifDataTable").scan()["Items"]
    assert item["image"] == "s3://images-bucket/in/harbour at dusk.jpg"
    assert (item["exif"]["Make"], item["exif"]["Model"]) == ("Glueworks", "GW-1")
    assert item["exif"]["ExposureTime"] == Decimal("0.004")
    assert item["taken"] == "2026:06:21 21:04:05"
    assert item["position"] == {"latitude": Decimal("53.342933"), "longitude": Decimal("-6.253")}


SCENARIO = Scenario(
    example="exif-pipeline",
    function="exif-extractor",
    granted={
        "arn:aws:s3:::images-bucket/*": frozenset({"s3:GetObject"}),
        arn("dynamodb", "table/exifDataTable"): frozenset({"dynamodb:PutItem"}),
        arn("logs", "log-group:/aws/lambda/exif-extractor:*"): LOGS,
    },
    prepare=_prepare,
    play=_play,
    check=_check,
    environment={"TABLE": "exifDataTable"},
)
