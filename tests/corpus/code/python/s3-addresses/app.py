import os

import awswrangler as wr
import pandas as pd
import s3fs
from smart_open import open as smart

BUCKET = os.environ["BUCKET"]


def handler(event, context):
    fs = s3fs.S3FileSystem()
    with fs.open(f"s3://{BUCKET}/in/data.csv") as file:
        print(file.read())
    with smart(f"s3://{BUCKET}/out.txt", "w") as out:
        out.write("x")
    frame = pd.read_csv("s3://lake/a.csv")
    frame.to_parquet("s3://lake/b.parquet")
    pd.read_csv("/tmp/local.csv")
    wr.s3.to_csv(frame, "s3://lake/c.csv")
