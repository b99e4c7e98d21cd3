"""Reads and writes files by libraries that take buckets, addresses and local paths."""

import os

import awswrangler as wr
import fsspec
import pandas as pd
import s3fs
import smart_open

files = s3fs.S3FileSystem()
others = fsspec.filesystem("s3")


def handler(event, context):
    with files.open("lake/out/a.csv", "w") as file:
        file.write("x")
    files.open("lake/log.txt", event["mode"])
    files.open("s3://lake/log.txt", "a")
    files.cat(event["path"])
    files.cat("lake/in/*.csv")
    files.invalidate_cache()
    files.mkdir("lake/new")
    others.rm_file("old/b.csv")
    pd.read_csv("/tmp/local.csv")
    pd.read_csv(event["file"])
    pd.read_parquet("s3://lake/set/")
    pd.read_json("s3://lake/one.json")
    wr.s3.read_excel(os.environ["BOOK"])
    smart_open.open(os.environ["INPUT"])
