# /// script
# requires-python = ">=3.11"
# dependencies = ["pillow>=11"]
# ///
"""Makes `harbour.jpg`, the photograph of this example: a drawn picture with the EXIF data a camera would write.

`uv run examples/exif-pipeline/photo/make_photo.py`. Only this script needs Pillow; the picture is kept beside it.
"""

from pathlib import Path

from PIL import Image, ImageDraw
from PIL.ExifTags import GPS, IFD, Base
from PIL.TiffImagePlugin import IFDRational

SIZE = (480, 320)


def main() -> None:
    """Draw, describe, save."""
    picture().save(Path(__file__).with_name("harbour.jpg"), quality=70, exif=description())


def picture() -> Image.Image:
    """A sun over water."""
    image = Image.new("RGB", SIZE)
    draw = ImageDraw.Draw(image)
    for y in range(SIZE[1]):
        sky = (250 - y // 3, 170 - y // 4, 90 + y // 3)
        sea = (20 + y // 8, 60 + y // 6, 100 + y // 5)
        draw.line([(0, y), (SIZE[0], y)], fill=sky if y < 200 else sea)
    draw.ellipse((200, 130, 280, 210), fill=(255, 230, 150))
    draw.rectangle((0, 200, SIZE[0], 204), fill=(30, 50, 80))
    draw.polygon([(320, 215), (420, 215), (400, 235), (340, 235)], fill=(60, 30, 20))
    draw.polygon([(368, 120), (368, 212), (420, 212)], fill=(240, 240, 235))
    return image


def description() -> Image.Exif:
    """What the camera says: make, moment, exposure, place."""
    exif = Image.Exif()
    exif[Base.Make] = "Glueworks"
    exif[Base.Model] = "GW-1"
    exif[Base.Orientation] = 1
    exif[Base.DateTime] = "2026:06:21 21:04:05"
    exif.get_ifd(IFD.Exif).update(
        {
            Base.ExifVersion: b"0232",
            Base.DateTimeOriginal: "2026:06:21 21:04:05",
            Base.OffsetTimeOriginal: "+01:00",
            Base.ExposureTime: IFDRational(1, 250),
            Base.FNumber: IFDRational(28, 5),
            Base.ISOSpeedRatings: 200,
            Base.FocalLength: IFDRational(35, 1),
            Base.SubjectDistance: IFDRational(0, 0),  # "unknown", and no number: cameras write it
        }
    )
    exif.get_ifd(IFD.GPSInfo).update(
        {
            GPS.GPSLatitudeRef: "N",
            GPS.GPSLatitude: (IFDRational(53), IFDRational(20), IFDRational(3456, 100)),
            GPS.GPSLongitudeRef: "W",
            GPS.GPSLongitude: (IFDRational(6), IFDRational(15), IFDRational(1080, 100)),
            GPS.GPSAltitude: IFDRational(25, 2),
        }
    )
    return exif


if __name__ == "__main__":
    main()
