import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { TableRepository } from './repository';

interface Dependencies { orders: TableRepository; archive: TableRepository; bus: EventBridgeClient }

export class OrderService {
  constructor(private readonly dependencies: Dependencies) {}

  async handle(event: { id: string }): Promise<void> {
    const { orders, archive } = this.dependencies;
    const order = await orders.find(event.id);
    await archive.save(order);
    await this.publish(order);
  }

  private publish = async (detail: unknown) => {
    await this.dependencies.bus.send(
      new PutEventsCommand({ Entries: [{ EventBusName: process.env.BUS, Source: 'orders', DetailType: 'archived', Detail: JSON.stringify(detail) }] })
    );
  };
}
