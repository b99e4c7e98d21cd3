import * as cdk from 'aws-cdk-lib';
import { aws_dynamodb as ddb, aws_kinesis as kinesis, aws_lambda as lambda, aws_s3 as s3, aws_sns as sns } from 'aws-cdk-lib';
import { aws_secretsmanager as secrets, aws_sqs as sqs, aws_ssm as ssm, aws_stepfunctions as sfn } from 'aws-cdk-lib';
import { SnsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { LambdaDestination } from 'aws-cdk-lib/aws-s3-notifications';
import { Construct } from 'constructs';

export default class extends cdk.Stack {
  constructor(scope: Construct, id: string, props: cdk.StackProps) {
    super(scope, id, props);
    const bucket = s3.Bucket.fromBucketName(this, 'Images', 'shared-images');
    const queue = sqs.Queue.fromQueueArn(this, 'Jobs', 'arn:aws:sqs:eu-west-1:111122223333:jobs');
    const table = ddb.Table.fromTableAttributes(this, 'Customers', {
      tableArn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/customers',
    });
    const machine = sfn.StateMachine.fromStateMachineArn(this, 'Flow', 'arn:aws:states:eu-west-1:111122223333:stateMachine:flow');
    const stream = kinesis.Stream.fromStreamArn(this, 'Clicks', 'arn:aws:kinesis:eu-west-1:111122223333:stream/clicks');
    const limit = ssm.StringParameter.fromStringParameterName(this, 'Limit', '/orders/limit');
    const other = ssm.StringParameter.valueForStringParameter(this, '/orders/other');
    const news = new sns.Topic(this, 'News');
    const sync = new lambda.Function(this, 'SyncFunction', {
      functionName: 'orders-sync',
      runtime: lambda.Runtime.PYTHON_3_12,
      handler: 'app.handler',
      code: lambda.Code.fromAsset('functions/sync', { exclude: ['*.md'] }),
      events: [new SnsEventSource(news)],
      environment: {
        BUCKET: bucket.bucketName,
        QUEUE: queue.queueName,
        SECRET: secrets.Secret.fromSecretNameV2(this, 'Key', 'prod/key').secretName,
        TABLE: table.tableArn,
        MACHINE: machine.stateMachineArn,
        PARAMETER: limit.parameterName,
        TOPIC: cdk.Fn.importValue('ExportedTopic'),
        STREAM: stream.streamName,
        OTHER: other,
      },
    });
    bucket.addEventNotification(s3.EventType.OBJECT_CREATED, new LambdaDestination(sync), { prefix: 'in/' });
  }
}
