import os

BUCKET = "bucket-" + os.environ["STAGE"]


def table(name):
    return f"{os.environ['PREFIX']}-{name}"
