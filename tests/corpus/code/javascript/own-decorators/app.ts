import { DynamoDBClient, GetItemCommand, PutItemCommand, DeleteItemCommand } from "@aws-sdk/client-dynamodb";
import { audited, guarded, route, routes } from "./audit";

class Store {
  private readonly client = new DynamoDBClient({});

  @guarded(true)
  async read(table: string, id: string) {
    return this.client.send(new GetItemCommand({ TableName: table, Key: { id: { S: id } } }));
  }

  @guarded(false)
  async remove(table: string, id: string) {
    return this.client.send(new DeleteItemCommand({ TableName: table, Key: { id: { S: id } } }));
  }

  @audited
  async write(table: string, id: string) {
    return this.client.send(new PutItemCommand({ TableName: table, Item: { id: { S: id } } }));
  }
}

const store = new Store();

class Pages {
  @route("/page")
  async page() {
    await store.read("pages", "1");
  }
}

export const handler = async (event: { path: string; id: string }) => {
  await store.write("orders", event.id);
  await routes[event.path].call(new Pages());
};
