import { DynamoDBClient, ScanCommand, DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { S3Client, GetObjectCommand } from '@aws-sdk/client-s3';
import { SQS } from '@aws-sdk/client-sqs';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';

const local = process.env.IS_LOCAL === 'true';
const spread = new DynamoDBClient({ region: 'eu-west-1', ...(local && { endpoint: 'http://localhost:8000' }) });
const chosen = new DynamoDBClient({ endpoint: local ? 'http://localhost:8000' : undefined });
const sqs = new SQS(local ? { endpoint: 'http://localhost:9324' } : {});

const clientFor = (role) =>
  new S3Client({ credentials: role ? fromTemporaryCredentials({ params: { RoleArn: role } }) : undefined });

export const handler = async (event) => {
  await spread.send(new ScanCommand({ TableName: 'a' }));
  await chosen.send(new DescribeTableCommand({ TableName: 'b', ...(event.x ? { Extra: 1 } : {}) }));
  await sqs.purgeQueue({ QueueUrl: 'q' });
  await clientFor(process.env.ROLE).send(new GetObjectCommand({ Bucket: 'c', Key: event.key && 'k' }));
};
