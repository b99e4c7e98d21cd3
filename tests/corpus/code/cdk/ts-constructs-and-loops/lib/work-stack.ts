import * as cdk from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { LoggedFunction } from './logged-function';
import { Report } from './report';

const JOBS = [
  { id: 'Adder', file: 'add', queue: 'AddQueue' },
  { id: 'Remover', file: 'remove', queue: 'RemoveQueue' },
];

export class WorkStack extends cdk.Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const bus = new events.EventBus(this, 'Bus');
    for (const { id: name, file, queue } of JOBS) {
      const jobs = new sqs.Queue(this, queue);
      const job = new LoggedFunction(this, name, {
        entry: `src/${file}.ts`,
        environment: { BUS: bus.eventBusName, QUEUE: jobs.queueUrl },
      });
      job.addEventSource(new SqsEventSource(jobs));
      bus.grantPutEventsTo(job);
    }
    new Report(this, 'Report', 'src');
  }
}
