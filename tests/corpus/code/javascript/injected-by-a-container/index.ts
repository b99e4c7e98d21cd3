import 'reflect-metadata';
import { container, injectable } from 'tsyringe';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { SNSClient, PublishCommand } from '@aws-sdk/client-sns';

@injectable()
class Settings {
  readonly table = process.env.TABLE_NAME!;
}

@injectable()
class Repository {
  constructor(private readonly client: DynamoDBDocumentClient, private readonly settings: Settings) {}

  find(id: string) {
    return this.client.send(new GetCommand({ TableName: this.settings.table, Key: { id } }));
  }
}

@injectable()
class Service {
  constructor(private readonly repository: Repository, private readonly sns: SNSClient) {}

  async run(id: string) {
    const { Item } = await this.repository.find(id);
    await this.sns.send(new PublishCommand({ TopicArn: process.env.TOPIC, Message: JSON.stringify(Item) }));
  }
}

export const handler = async (event: { id: string }) => container.resolve(Service).run(event.id);
