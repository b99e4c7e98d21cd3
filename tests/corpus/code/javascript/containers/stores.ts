import { inject, injectable } from "tsyringe";
import { DynamoDBDocumentClient, DeleteCommand, GetCommand } from "@aws-sdk/lib-dynamodb";

@injectable()
export class Stores {
  constructor(@inject("documents") private readonly documents: DynamoDBDocumentClient) {}

  async read(id: string) {
    return this.documents.send(new GetCommand({ TableName: process.env.STORES!, Key: { id } }));
  }

  async remove(id: string) {
    return this.documents.send(new DeleteCommand({ TableName: process.env.STORES!, Key: { id } }));
  }
}
