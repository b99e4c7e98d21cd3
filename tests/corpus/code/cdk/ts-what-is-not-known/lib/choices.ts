import * as cdk from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ManagedKafkaEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

interface ChoicesProps extends cdk.StackProps {
  debug: boolean;
  size: string;
  tableName: string;
  environment: { [key: string]: string };
}

export class Choices extends cdk.Stack {
  constructor(scope: Construct, id: string, props: ChoicesProps) {
    super(scope, id, props);
    let same = 'x';
    let mode = 'fast';
    if (props.debug) {
      mode = 'slow';
      same = 'x';
    }
    const code = lambda.Code.fromAsset('src');
    const runtime = lambda.Runtime.PYTHON_3_12;
    const first = new lambda.Function(this, 'First', {
      runtime,
      code,
      handler: 'first.handler',
      environment: { SAME: same, MODE: mode, SIZE: props.size, TABLE: props.tableName },
    });
    first.addEventSource(new ManagedKafkaEventSource({ clusterArn: 'arn:c', topic: 't', startingPosition: lambda.StartingPosition.LATEST }));
    new lambda.Function(this, 'Second', {
      runtime,
      code,
      handler: 'second.handler',
      environment: { OWN: '1', ...props.environment },
    });
    const data = props.debug ? new Bucket(this, 'Data') : undefined;
    const third = new lambda.Function(this, 'Third', { runtime, code, handler: 'third.handler' });
    if (data) {
      third.addEnvironment('BUCKET', data.bucketName);
    }
    third.addEnvironment('NAME', props.debug ? 'a' : 'b');
  }
}
