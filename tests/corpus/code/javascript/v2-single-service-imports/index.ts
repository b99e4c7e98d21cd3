import S3 from 'aws-sdk/clients/s3';
import { DocumentClient } from 'aws-sdk/clients/dynamodb';
import * as Lambda from 'aws-sdk/clients/lambda';
import { SQS, config } from 'aws-sdk';

config.update({ maxRetries: 2 });
const s3 = new S3({ signatureVersion: 'v4' });
const db = new DocumentClient();
const sqs = new SQS();

export const main = async (event: any, _context: any) => {
  const head = await s3.headObject({ Bucket: event.bucket, Key: event.key }).promise();
  await db.batchWrite({ RequestItems: { things: [{ PutRequest: { Item: { id: head.ETag } } }] } }).promise();
  await new Lambda().invoke({ FunctionName: 'next', Payload: JSON.stringify(event) }).promise();
  await sqs.sendMessage({ QueueUrl: process.env.QUEUE!, MessageBody: '' }, (err, data) => {
    if (err) console.error(err);
  });
};
