import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { OrderService } from './services/orders';
import { TableRepository } from './services/repository';

const documents = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const orders = new TableRepository(documents, process.env.ORDERS_TABLE as string);
const archive = new TableRepository(documents, 'archive');
const service = new OrderService({ orders, archive, bus: new EventBridgeClient({}) });

export const handler = service.handle.bind(service);
