import { Stack, StackProps, Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import * as path from 'path';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { S3EventSource, SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { aws_sqs as sqs, aws_apigateway as apigw, aws_dynamodb as dynamodb, aws_s3 as s3, aws_events as events, aws_events_targets as targets } from 'aws-cdk-lib';

interface ApiProps extends StackProps { table: dynamodb.Table; bucket: s3.Bucket; stage?: string }

export class ApiStack extends Stack {
  constructor(scope: Construct, id: string, props: ApiProps) {
    super(scope, id, props);
    const queue = new sqs.Queue(this, 'Jobs', { visibilityTimeout: Duration.seconds(30) });
    const common = { runtime: lambda.Runtime.NODEJS_18_X, environment: { TABLE: props.table.tableName, STAGE: props.stage ?? 'dev', REGION: this.region } };
    const fn = new NodejsFunction(this, 'Resize', {
      ...common,
      entry: path.join(__dirname, '..', 'lambda', 'resize', 'index.ts'),
      handler: 'main',
      tracing: lambda.Tracing.ACTIVE,
    });
    fn.addEnvironment('QUEUE_URL', queue.queueUrl);
    fn.addEnvironment('SECRET', process.env.SECRET!);
    fn.addEventSource(new S3EventSource(props.bucket, { events: [s3.EventType.OBJECT_CREATED] }));
    props.table.grantReadWriteData(fn);
    const worker = new lambda.Function(this, 'Worker', { runtime: lambda.Runtime.PYTHON_3_12, handler: 'worker.handler', code: lambda.Code.fromAsset('lambda/worker'), environment: { TABLE: props.table.tableName } });
    worker.addEventSource(new SqsEventSource(queue, { batchSize: 10 }));
    const api = new apigw.RestApi(this, 'Api');
    api.root.addResource('images').addMethod('GET', new apigw.LambdaIntegration(fn));
    new events.Rule(this, 'Nightly', { schedule: events.Schedule.rate(Duration.days(1)), targets: [new targets.LambdaFunction(worker)] });
  }
}
