import functools
import itertools
import threading
from multiprocessing.pool import ThreadPool

import boto3

s3 = boto3.client("s3")
sqs = boto3.client("sqs")


def read(client, bucket):
    client.get_object(Bucket=bucket, Key="k")


def copied(client, bucket="copies"):
    client.put_object(Bucket=bucket, Key="k")


def done(result):
    sqs.send_message(QueueUrl="done", MessageBody="x")


def first():
    s3.head_bucket(Bucket="first")


def second():
    s3.head_bucket(Bucket="second")


class Setting:
    def _client(self):
        return boto3.client("ssm")

    client = property(_client)


def handler(event, context):
    with ThreadPool() as pool:
        pool.apply_async(read, (s3, "a"), callback=done)
        pool.starmap(read, [(s3, "b"), (s3, "c")])
    list(itertools.starmap(read, zip([s3], ["d"])))
    arguments = [s3]
    arguments.append("e")
    threading.Thread(target=copied, args=tuple(arguments)).start()
    functools.reduce(lambda total, bucket: [*total, s3.list_objects_v2(Bucket=bucket)], ["f", "g"], [])
    for message in iter(lambda: sqs.receive_message(QueueUrl="q"), None):
        print(message)
    names = sorted(["h"], key=lambda bucket: s3.get_bucket_acl(Bucket=bucket)["Owner"]["ID"])
    names.sort(key=lambda bucket: s3.get_bucket_location(Bucket=bucket)["LocationConstraint"])
    max(["i"], key=lambda bucket: s3.get_bucket_policy(Bucket=bucket)["Policy"])
    for name in filter(lambda bucket: s3.get_bucket_cors(Bucket=bucket), ["j"]):
        s3.delete_bucket_cors(Bucket=name)
    for call in itertools.chain.from_iterable([[first], [second]]):
        call()
    for name in itertools.islice(["k", "l"], 10):
        s3.delete_bucket(Bucket=name)
    Setting().client.get_parameter(Name="m")
