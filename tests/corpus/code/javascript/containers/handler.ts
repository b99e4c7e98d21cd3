import "reflect-metadata";
import { container } from "tsyringe";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { Notices, TopicNotices } from "./notices";
import { Stores } from "./stores";

container.register("documents", { useValue: DynamoDBDocumentClient.from(new DynamoDBClient({})) });
container.register("notices", { useClass: TopicNotices });

export const handler = async (event: { id: string }) => {
  const stores = container.resolve(Stores);
  const { Item } = await stores.read(event.id);
  await container.resolve<Notices>("notices").announce(JSON.stringify(Item));
};
