import { s3, table } from '@company/clients';
import { wrap } from 'some-library';
import dynamoose from 'dynamoose';
import { Consumer } from 'sqs-consumer';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

const wrapped = wrap(new DynamoDBClient({}));
const Users = dynamoose.model('Users', {});

export const handler = async (event) => {
  await s3.getObject({ Bucket: 'b', Key: 'k' });
  await table.putItem({ TableName: 't', Item: {} });
  await table.get({ key: 'k' });
  const sdk = await import('@aws-sdk/client-' + event.service);
  await wrapped.send(new sdk.DeleteItemCommand({ TableName: 'x' }));
  Consumer.create({ queueUrl: process.env.QUEUE, sqs: new SQSClient({}), handleMessage: async () => Users.get('1') }).start();
};
