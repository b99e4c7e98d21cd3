import * as apigateway from '@aws-cdk/aws-apigateway';
import * as dynamodb from '@aws-cdk/aws-dynamodb';
import * as lambda from '@aws-cdk/aws-lambda';
import { DynamoEventSource } from '@aws-cdk/aws-lambda-event-sources';
import { NodejsFunction } from '@aws-cdk/aws-lambda-nodejs';
import * as cdk from '@aws-cdk/core';

class ItemsStack extends cdk.Stack {
  constructor(scope: cdk.Construct, id: string, props?: cdk.StackProps) {
    super(scope, id, props);
    const table = new dynamodb.Table(this, 'Items', {
      tableName: 'items',
      partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING },
      stream: dynamodb.StreamViewType.NEW_IMAGE,
    });
    const environment = { TABLE_NAME: table.tableName };
    const api = new NodejsFunction(this, 'api', { environment });
    new apigateway.LambdaRestApi(this, 'items-api', { handler: api });
    const stream = new lambda.Function(this, 'stream', {
      runtime: lambda.Runtime.NODEJS_14_X,
      code: lambda.Code.asset('stream'),
      handler: 'index.handler',
      environment: environment,
    });
    stream.addEventSource(new DynamoEventSource(table, { startingPosition: lambda.StartingPosition.TRIM_HORIZON }));
    table.grantReadData(api);
  }
}

const app = new cdk.App();
new ItemsStack(app, 'items');
app.synth();
