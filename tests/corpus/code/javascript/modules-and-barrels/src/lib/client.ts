import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
export type Options = Record<string, string>;
let cached: DynamoDBClient | undefined;
export default function clientOf(options: Options): DynamoDBClient {
  if (!cached) {
    cached = new DynamoDBClient({ ...options });
  }
  return cached;
}
