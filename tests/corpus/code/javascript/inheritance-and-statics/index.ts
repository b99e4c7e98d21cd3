import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { KMSClient, DecryptCommand } from '@aws-sdk/client-kms';

abstract class Store {
  static client = new DynamoDB({});
  static #instances = new Map<string, Store>();
  protected abstract get table(): string;

  static of<T extends Store>(name: string, make: () => T): Store {
    if (!Store.#instances.has(name)) {
      Store.#instances.set(name, make());
    }
    return Store.#instances.get(name)!;
  }

  async load(id: string) {
    return Store.client.getItem({ TableName: this.table, Key: { id: { S: id } } });
  }
}

class Users extends Store {
  get table() {
    return process.env.USERS!;
  }

  override async load(id: string) {
    const user = await super.load(id);
    await Vault.shared.open(user.Item!.secret.B!);
    return user;
  }
}

class Orders extends Store {
  protected readonly table = 'orders';
}

class Vault {
  private static _shared?: Vault;
  #kms = new KMSClient({});

  static get shared(): Vault {
    return (Vault._shared ??= new Vault());
  }

  open(blob: Uint8Array) {
    return this.#kms.send(new DecryptCommand({ CiphertextBlob: blob, KeyId: 'alias/vault' }));
  }
}

export const handler = async (event: { id: string }) => {
  const users = Store.of('users', () => new Users());
  const orders = new Orders();
  return Promise.all([users, orders].map((store) => store.load(event.id)));
};
