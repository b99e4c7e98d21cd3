import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import client from './client';
export const read = (table: string) => client({}).send(new GetItemCommand({ TableName: table, Key: { id: { S: '1' } } }));
