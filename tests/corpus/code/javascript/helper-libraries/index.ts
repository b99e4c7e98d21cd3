import middy from '@middy/core';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { getSecret } from '@aws-lambda-powertools/parameters/secrets';
import { SSMProvider, getParameter } from '@aws-lambda-powertools/parameters/ssm';
import { makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { SNSClient, PublishCommand } from '@aws-sdk/client-sns';

const tracer = new Tracer({ serviceName: 'x' });
const sns = tracer.captureAWSv3Client(new SNSClient({}));
const persistenceStore = new DynamoDBPersistenceLayer({ tableName: process.env.IDEMPOTENCY_TABLE! });
const provider = new SSMProvider();

const lambdaHandler = async (event: { detail: { id: string } }) => {
  const secret = await getSecret('db-password');
  const flag = await getParameter('/flags/one', { maxAge: 60 });
  const all = await provider.getMultiple('/flags');
  await sns.send(new PublishCommand({ TopicArn: process.env.TOPIC, Message: event.detail.id }));
  return { secret, flag, all };
};

export const handler = middy(makeIdempotent(lambdaHandler, { persistenceStore })).use({ before: async () => {} });
