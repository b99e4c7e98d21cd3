import { aws_kms as kms } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction as Target } from 'aws-cdk-lib/aws-events-targets';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

export class Report extends Construct {
  private readonly key = new kms.Key(this, 'Key');

  constructor(scope: Construct, id: string, private readonly codePath: string) {
    super(scope, id);
    const bucket = this.makeBucket();
    const handler = new lambda.Function(this, 'Function', {
      runtime: lambda.Runtime.PYTHON_3_12,
      handler: 'report.handler',
      code: lambda.Code.fromAsset(this.codePath),
      environment: { BUCKET: bucket.bucketName, KEY: this.key.keyArn },
    });
    bucket.grantReadWrite(handler);
    const rule = new events.Rule(this, 'Daily', { schedule: events.Schedule.expression('rate(1 day)') });
    rule.addTarget(new Target(handler, { retryAttempts: 2 }));
  }

  private makeBucket(): Bucket {
    return new Bucket(this, 'Bucket', { encryption: BucketEncryption.KMS, encryptionKey: this.key });
  }
}
