import { DynamoDBDocumentClient, GetCommand, PutCommand, DeleteCommand } from '@aws-sdk/lib-dynamodb';

export class TableRepository {
  constructor(private client: DynamoDBDocumentClient, private readonly tableName: string) {}

  async find(id: string) {
    const { Item } = await this.client.send(new GetCommand({ TableName: this.tableName, Key: { id } }));
    return Item;
  }

  async save(item: unknown) {
    await this.client.send(new PutCommand({ TableName: this.tableName, Item: item as any }));
  }

  async remove(id: string) {
    await this.client.send(new DeleteCommand({ TableName: this.tableName, Key: { id } }));
  }
}
