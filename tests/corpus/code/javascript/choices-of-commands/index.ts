import * as ddb from '@aws-sdk/client-dynamodb';
import { EC2Client, StartInstancesCommand, StopInstancesCommand, DescribeInstancesCommand, waitUntilInstanceRunning } from '@aws-sdk/client-ec2';

const ec2 = new EC2Client({ region: process.env.REGION });
const jobs: [any, any][] = [
  [ddb.DescribeTableCommand, { TableName: 'one' }],
  [ddb.ListTablesCommand, {}],
];

export const handler = async (event: { action: 'start' | 'stop'; ids: string[] }) => {
  const command = event.action === 'start'
    ? new StartInstancesCommand({ InstanceIds: event.ids })
    : new StopInstancesCommand({ InstanceIds: event.ids });
  await ec2.send(command as any);
  await waitUntilInstanceRunning({ client: ec2, maxWaitTime: 200 }, { InstanceIds: event.ids });
  const actions = { describe: DescribeInstancesCommand };
  await ec2.send(new actions['describe']({ InstanceIds: event.ids }));
  const client = new ddb.DynamoDBClient({});
  for (const [Command, input] of jobs) {
    await client.send(new Command(input));
  }
};
