from functools import singledispatch, singledispatchmethod

import boto3

s3 = boto3.client("s3")


@singledispatch
def read(value):
    raise TypeError


@read.register
def _(value: str):
    s3.get_object(Bucket=value, Key="k")


@read.register(int)
def read_number(value):
    s3.head_object(Bucket="numbers", Key="k")


class Writer:
    @singledispatchmethod
    def write(self, value):
        raise TypeError

    @write.register
    def _(self, value: str):
        s3.put_object(Bucket=value, Key="k")


def handler(event, context):
    read("photos")
    Writer().write("copies")
