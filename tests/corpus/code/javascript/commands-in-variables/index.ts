import { SQSClient, SendMessageCommand, DeleteMessageCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import type { SQSEvent } from "aws-lambda";

const client = new SQSClient({});
const QUEUE = process.env.QUEUE_URL!;

function sendAll(commands: any[]) {
  return Promise.all(commands.map((command) => client.send(command)));
}

export const handler = async (event: SQSEvent): Promise<void> => {
  const receive = new ReceiveMessageCommand({ QueueUrl: QUEUE, MaxNumberOfMessages: 10 });
  const { Messages } = await client.send(receive);
  const commands = [
    new SendMessageCommand({ QueueUrl: process.env.OUT as string, MessageBody: "a" }),
  ];
  for (const message of Messages ?? []) {
    commands.push(new DeleteMessageCommand({ QueueUrl: QUEUE, ReceiptHandle: message.ReceiptHandle! }));
  }
  await sendAll(commands);
};
