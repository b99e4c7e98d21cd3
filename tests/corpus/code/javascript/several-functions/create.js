import dynamodb from './dynamodb';
import { respond } from './respond';

export const create = async (event) => {
  const data = JSON.parse(event.body);
  await dynamodb.put({ TableName: process.env.DYNAMODB_TABLE, Item: { id: '1', ...data } }).promise();
  return respond(200);
};
