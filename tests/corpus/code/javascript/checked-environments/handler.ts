import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { KinesisClient, PutRecordCommand } from "@aws-sdk/client-kinesis";
import { DecryptCommand, KMSClient } from "@aws-sdk/client-kms";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { buckets, key, picked, QUEUE_URL, renamed, tables } from "./settings";

export const handler = async () => {
  await new SQSClient({}).send(new SendMessageCommand({ QueueUrl: QUEUE_URL, MessageBody: "x" }));
  await new DynamoDBClient({}).send(new GetItemCommand({ TableName: tables.TABLE, Key: {} }));
  await new S3Client({}).send(new GetObjectCommand({ Bucket: buckets.BUCKET, Key: "k" }));
  await new KMSClient({}).send(new DecryptCommand({ KeyId: key, CiphertextBlob: new Uint8Array() }));
  await new SNSClient({}).send(new PublishCommand({ TopicArn: renamed.topic, Message: "x" }));
  await new KinesisClient({}).send(new PutRecordCommand({ StreamName: picked.stream, Data: "x", PartitionKey: "1" }));
};
