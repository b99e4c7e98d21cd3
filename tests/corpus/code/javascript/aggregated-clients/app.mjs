import { S3 } from '@aws-sdk/client-s3';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocument } from '@aws-sdk/lib-dynamodb';
import { SSM } from '@aws-sdk/client-ssm';

const clients = { storage: new S3({}), parameters: new SSM() };
const documents = DynamoDBDocument.from(new DynamoDB({ region: 'eu-west-1' }), { marshallOptions: { removeUndefinedValues: true } });

export async function handler({ id }, context) {
  const { Parameter } = await clients.parameters.getParameter({ Name: '/app/bucket', WithDecryption: true });
  const object = await clients.storage.getObject({ Bucket: Parameter.Value, Key: `${id}.json` });
  await documents.update({
    TableName: 'items',
    Key: { id },
    UpdateExpression: 'SET seen = :s',
  });
  const { Items } = await documents.query({ TableName: 'items', IndexName: 'by-owner', KeyConditionExpression: 'o = :o' });
  return Items.map((item) => item.id);
}
