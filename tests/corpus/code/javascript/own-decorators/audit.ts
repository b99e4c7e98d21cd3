import { PutEventsCommand, EventBridgeClient } from "@aws-sdk/client-eventbridge";

const events = new EventBridgeClient({});

export const guarded =
  (fails: boolean): any =>
  (_target: unknown, key: string, descriptor?: PropertyDescriptor) => {
    if (!descriptor) return undefined;
    const original = descriptor.value;
    descriptor.value = async function (...args: unknown[]) {
      try {
        return await original.apply(this, args);
      } catch (error) {
        console.error(key, error);
        if (fails) throw error;
        return undefined;
      }
    };
    return descriptor;
  };

export function audited(original: Function, context: ClassMethodDecoratorContext) {
  return async function (this: unknown, ...args: unknown[]) {
    await events.send(new PutEventsCommand({ Entries: [{ EventBusName: "audit", DetailType: String(context.name) }] }));
    return original.call(this, ...args);
  };
}

export const routes: Record<string, Function> = {};

export function route(path: string) {
  return (_target: unknown, _key: string, descriptor: PropertyDescriptor) => {
    routes[path] = descriptor.value;
  };
}
