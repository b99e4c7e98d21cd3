import { config, Tables as Names, getItem } from '../lib';
import clientOf, { type Options } from '../lib/client.js';
import * as keys from '../lib/keys';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';

export const handler = async (event: any) => {
  const options: Options = {};
  await clientOf(options).send(new PutItemCommand({ TableName: Names.Users, Item: keys.build(event.id) }));
  await clientOf({}).send(new PutItemCommand({ TableName: config.audit.table, Item: {} }));
  const { publish } = await import('../lib/publish');
  await publish(`${event.id}`);
  return getItem(Names.Orders);
};
