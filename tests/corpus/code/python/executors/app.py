import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed

import boto3

lambda_ = boto3.client("lambda")
sqs = boto3.client("sqs")


def invoke(name):
    return lambda_.invoke(FunctionName=name)


def send(url, body="x"):
    sqs.send_message(QueueUrl=url, MessageBody=body)


async def remove(bucket):
    boto3.client("s3").delete_bucket(Bucket=bucket)


async def main():
    await asyncio.gather(*[remove(name) for name in ("one", "two")])


def handler(event, context):
    with ThreadPoolExecutor(max_workers=4) as pool:
        futures = [pool.submit(invoke, name) for name in ("a", "b")]
        for future in as_completed(futures):
            future.result()
        list(pool.map(invoke, ["c"]))
        pool.submit(sqs.delete_message, QueueUrl="q2", ReceiptHandle="r")
    thread = threading.Thread(target=send, args=("q1",), kwargs={"body": "hello"})
    thread.start()
    asyncio.run(main())
