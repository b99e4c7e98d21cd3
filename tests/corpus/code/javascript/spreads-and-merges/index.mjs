import { LambdaClient, InvokeCommand } from '@aws-sdk/client-lambda';
import { SchedulerClient, CreateScheduleCommand } from '@aws-sdk/client-scheduler';

const base = { InvocationType: 'Event', FunctionName: process.env.WORKER };
const lambda = new LambdaClient();
const scheduler = new SchedulerClient();

export async function handler(event) {
  await lambda.send(new InvokeCommand({ ...base, Payload: event.payload }));
  await lambda.send(new InvokeCommand(Object.assign({}, base, { Qualifier: 'live' })));
  const input = { Name: event.name, ScheduleExpression: 'rate(1 day)', FlexibleTimeWindow: { Mode: 'OFF' } };
  input.Target = { Arn: process.env.TARGET, RoleArn: process.env.SCHEDULER_ROLE };
  await scheduler.send(new CreateScheduleCommand(input));
}
