import { Stack, StackProps, RemovalPolicy } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { Bucket } from 'aws-cdk-lib/aws-s3';
export class DataStack extends Stack {
  public readonly table: dynamodb.Table;
  public readonly bucket: Bucket;
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    this.table = new dynamodb.Table(this, 'Orders', { partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING }, removalPolicy: RemovalPolicy.DESTROY, stream: dynamodb.StreamViewType.NEW_IMAGE });
    this.bucket = new Bucket(this, 'Images', { bucketName: 'my-images' });
  }
}
