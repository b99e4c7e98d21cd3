import boto3

s3 = boto3.resource("s3")
sqs = boto3.resource("sqs")
dynamodb = boto3.resource("dynamodb")


def handler(event, context):
    s3.Object("b", "k").put(Body=b"")
    body = s3.Bucket("b").Object("k2").get()["Body"]
    queue = sqs.get_queue_by_name(QueueName="jobs")
    queue.send_message(MessageBody="x")
    for message in queue.receive_messages(MaxNumberOfMessages=5):
        print(message.body)
        message.delete()
    table = dynamodb.Table("t")
    with table.batch_writer(overwrite_by_pkeys=["id"]) as batch:
        batch.put_item(Item={"id": "1"})
        batch.delete_item(Key={"id": "2"})
    table.meta.client.transact_write_items(TransactItems=[{"Put": {"TableName": "u", "Item": {}}}])
    table.wait_until_exists()
    return body, table.name, table.table_status
