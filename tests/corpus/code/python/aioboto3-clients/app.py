import aioboto3
from aiobotocore.session import get_session

session = aioboto3.Session(region_name="eu-west-1")


async def store(key):
    async with session.client("s3") as s3:
        await s3.put_object(Bucket="async", Key=key, Body=b"")
    async with session.resource("dynamodb") as dynamodb:
        table = await dynamodb.Table("items")
        await table.put_item(Item={"id": key})


async def receive():
    async with get_session().create_client("sqs", region_name="eu-west-1") as client:
        response = await client.receive_message(QueueUrl="q")
        paginator = client.get_paginator("list_queues")
        async for page in paginator.paginate():
            print(page)
        return response


async def handler(event, context):
    await store("k")
    await receive()
