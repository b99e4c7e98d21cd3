// The stacks that the templates beside this file were synthesized from, each in the style of a tutorial.
const cdk = require('aws-cdk-lib');
const { Duration, RemovalPolicy, Stack } = cdk;
const apigw = require('aws-cdk-lib/aws-apigateway');
const apigwv2 = require('aws-cdk-lib/aws-apigatewayv2');
const { HttpLambdaIntegration, WebSocketLambdaIntegration } = require('aws-cdk-lib/aws-apigatewayv2-integrations');
const { HttpUserPoolAuthorizer } = require('aws-cdk-lib/aws-apigatewayv2-authorizers');
const appsync = require('aws-cdk-lib/aws-appsync');
const athena = require('aws-cdk-lib/aws-athena');
const cloudfront = require('aws-cdk-lib/aws-cloudfront');
const cforigins = require('aws-cdk-lib/aws-cloudfront-origins');
const cloudtrail = require('aws-cdk-lib/aws-cloudtrail');
const cloudwatch = require('aws-cdk-lib/aws-cloudwatch');
const cwactions = require('aws-cdk-lib/aws-cloudwatch-actions');
const codebuild = require('aws-cdk-lib/aws-codebuild');
const codedeploy = require('aws-cdk-lib/aws-codedeploy');
const codepipeline = require('aws-cdk-lib/aws-codepipeline');
const cpactions = require('aws-cdk-lib/aws-codepipeline-actions');
const cognito = require('aws-cdk-lib/aws-cognito');
const config = require('aws-cdk-lib/aws-config');
const cr = require('aws-cdk-lib/custom-resources');
const dynamodb = require('aws-cdk-lib/aws-dynamodb');
const ec2 = require('aws-cdk-lib/aws-ec2');
const ecs = require('aws-cdk-lib/aws-ecs');
const efs = require('aws-cdk-lib/aws-efs');
const events = require('aws-cdk-lib/aws-events');
const targets = require('aws-cdk-lib/aws-events-targets');
const iam = require('aws-cdk-lib/aws-iam');
const iot = require('aws-cdk-lib/aws-iot');
const kinesis = require('aws-cdk-lib/aws-kinesis');
const firehose = require('aws-cdk-lib/aws-kinesisfirehose');
const kms = require('aws-cdk-lib/aws-kms');
const lambda = require('aws-cdk-lib/aws-lambda');
const destinations = require('aws-cdk-lib/aws-lambda-destinations');
const sources = require('aws-cdk-lib/aws-lambda-event-sources');
const { NodejsFunction } = require('aws-cdk-lib/aws-lambda-nodejs');
const logs = require('aws-cdk-lib/aws-logs');
const logsdest = require('aws-cdk-lib/aws-logs-destinations');
const opensearch = require('aws-cdk-lib/aws-opensearchservice');
const pipelines = require('aws-cdk-lib/pipelines');
const rds = require('aws-cdk-lib/aws-rds');
const s3 = require('aws-cdk-lib/aws-s3');
const s3deploy = require('aws-cdk-lib/aws-s3-deployment');
const s3n = require('aws-cdk-lib/aws-s3-notifications');
const scheduler = require('aws-cdk-lib/aws-scheduler');
const schedulerTargets = require('aws-cdk-lib/aws-scheduler-targets');
const secretsmanager = require('aws-cdk-lib/aws-secretsmanager');
const ses = require('aws-cdk-lib/aws-ses');
const sesActions = require('aws-cdk-lib/aws-ses-actions');
const sns = require('aws-cdk-lib/aws-sns');
const subs = require('aws-cdk-lib/aws-sns-subscriptions');
const sqs = require('aws-cdk-lib/aws-sqs');
const ssm = require('aws-cdk-lib/aws-ssm');
const sfn = require('aws-cdk-lib/aws-stepfunctions');
const tasks = require('aws-cdk-lib/aws-stepfunctions-tasks');
const triggers = require('aws-cdk-lib/triggers');

const asset = () => lambda.Code.fromAsset('code');
const node = (scope, id, props = {}) =>
  new lambda.Function(scope, id, { runtime: lambda.Runtime.NODEJS_20_X, handler: 'index.handler', code: asset(), ...props });
const python = (scope, id, props = {}) =>
  new lambda.Function(scope, id, {
    runtime: lambda.Runtime.PYTHON_3_12, handler: 'index.handler',
    code: lambda.Code.fromInline('def handler(event, context):\n    return event\n'), ...props });
const table = (scope, id, props = {}) =>
  new dynamodb.Table(scope, id, { partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING },
    billingMode: dynamodb.BillingMode.PAY_PER_REQUEST, removalPolicy: RemovalPolicy.DESTROY, ...props });
const allow = (actions, resources, more = {}) => new iam.PolicyStatement({ actions, resources, ...more });

// name -> what the stack holds
const STACKS = {
  'hello-cdk-function-url': (s) => {
    const fn = new lambda.Function(s, 'HelloWorldFunction', { runtime: lambda.Runtime.NODEJS_20_X, handler: 'index.handler',
      code: lambda.Code.fromInline('exports.handler = async () => ({ statusCode: 200, body: JSON.stringify("Hello World!") });') });
    const url = fn.addFunctionUrl({ authType: lambda.FunctionUrlAuthType.NONE });
    new cdk.CfnOutput(s, 'myFunctionUrlOutput', { value: url.url });
  },
  'workshop-hit-counter': (s) => {
    const hello = node(s, 'HelloHandler');
    const hits = table(s, 'Hits');
    const counter = node(s, 'HitCounterHandler', { environment: { DOWNSTREAM_FUNCTION_NAME: hello.functionName, HITS_TABLE_NAME: hits.tableName } });
    hits.grantReadWriteData(counter);
    hello.grantInvoke(counter);
    new apigw.LambdaRestApi(s, 'Endpoint', { handler: counter });
  },
  'crud-rest-api': (s) => {
    const items = table(s, 'items', { tableName: 'items' });
    const api = new apigw.RestApi(s, 'itemsApi', { restApiName: 'Items Service' });
    const all = api.root.addResource('items');
    const one = all.addResource('{id}');
    const make = (id) => new NodejsFunction(s, id, { entry: 'tscode/app.ts', depsLockFilePath: 'tscode/package-lock.json', runtime: lambda.Runtime.NODEJS_20_X,
      environment: { PRIMARY_KEY: 'itemId', TABLE_NAME: items.tableName } });
    for (const [id, resource, method] of [['getAllItems', all, 'GET'], ['createItem', all, 'POST'], ['getOneItem', one, 'GET'], ['updateItem', one, 'PATCH'], ['deleteItem', one, 'DELETE']]) {
      const fn = make(`${id}Function`);
      items.grantReadWriteData(fn);
      resource.addMethod(method, new apigw.LambdaIntegration(fn));
    }
  },
  's3-thumbnails': (s) => {
    const bucket = new s3.Bucket(s, 'Images');
    const thumbs = new s3.Bucket(s, 'Thumbnails', { blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL });
    const fn = node(s, 'Resize', { memorySize: 1024, timeout: Duration.seconds(30), environment: { TARGET: thumbs.bucketName } });
    bucket.grantRead(fn);
    thumbs.grantPut(fn);
    bucket.addEventNotification(s3.EventType.OBJECT_CREATED, new s3n.LambdaDestination(fn), { suffix: '.png' });
  },
  'sqs-consumer-with-dlq': (s) => {
    const dlq = new sqs.Queue(s, 'DeadLetterQueue');
    const queue = new sqs.Queue(s, 'Queue', { visibilityTimeout: Duration.seconds(300), deadLetterQueue: { queue: dlq, maxReceiveCount: 3 } });
    const fn = python(s, 'Consumer', { timeout: Duration.seconds(30) });
    fn.addEventSource(new sources.SqsEventSource(queue, { batchSize: 10, reportBatchItemFailures: true }));
  },
  'sns-sqs-lambda': (s) => {
    const topic = new sns.Topic(s, 'Topic', { displayName: 'The Big Fan' });
    const fn = (id, statuses) => {
      const queue = new sqs.Queue(s, `${id}Queue`);
      topic.addSubscription(new subs.SqsSubscription(queue, { rawMessageDelivery: true, filterPolicy: { status: sns.SubscriptionFilter.stringFilter({ allowlist: statuses }) } }));
      node(s, `${id}Handler`, { reservedConcurrentExecutions: 2 }).addEventSource(new sources.SqsEventSource(queue));
    };
    fn('BigFanTopicStatusCreated', ['created']);
    fn('BigFanTopicAnyOtherStatus', ['updated', 'deleted']);
  },
  'dynamodb-stream-processor': (s) => {
    const orders = table(s, 'Orders', { stream: dynamodb.StreamViewType.NEW_AND_OLD_IMAGES });
    const dlq = new sqs.Queue(s, 'Failed');
    const topic = new sns.Topic(s, 'OrderEvents');
    const fn = node(s, 'StreamHandler', { environment: { TOPIC: topic.topicArn } });
    topic.grantPublish(fn);
    fn.addEventSource(new sources.DynamoEventSource(orders, { startingPosition: lambda.StartingPosition.TRIM_HORIZON, batchSize: 5, bisectBatchOnError: true, retryAttempts: 10, onFailure: new sources.SqsDlq(dlq) }));
  },
  'kinesis-analytics-consumer': (s) => {
    const stream = new kinesis.Stream(s, 'Clicks', { encryption: kinesis.StreamEncryption.KMS });
    const stats = table(s, 'Stats');
    const fn = python(s, 'Aggregate');
    stats.grantWriteData(fn);
    fn.addEventSource(new sources.KinesisEventSource(stream, { startingPosition: lambda.StartingPosition.LATEST, batchSize: 100 }));
    const producer = python(s, 'Producer');
    stream.grantWrite(producer);
  },
  'eventbridge-atm': (s) => {
    const producer = node(s, 'atmProducerLambda');
    producer.addToRolePolicy(allow(['events:PutEvents'], ['*'], { effect: iam.Effect.ALLOW }));
    for (const n of [1, 2, 3]) {
      const consumer = node(s, `atmConsumer${n}Lambda`);
      const rule = new events.Rule(s, `atmConsumer${n}LambdaRule`, { eventPattern: { source: ['custom.myATMapp'], detailType: ['transaction'], detail: { result: ['approved'] } } });
      rule.addTarget(new targets.LambdaFunction(consumer));
    }
    new apigw.LambdaRestApi(s, 'Endpoint', { handler: producer });
  },
  'scheduled-lambda': (s) => {
    const fn = python(s, 'Singleton', { timeout: Duration.seconds(300) });
    new events.Rule(s, 'Rule', { schedule: events.Schedule.expression('cron(0 18 ? * MON-FRI *)') }).addTarget(new targets.LambdaFunction(fn));
  },
  'eventbridge-scheduler-reminder': (s) => {
    const fn = node(s, 'Remind');
    fn.addToRolePolicy(allow(['ses:SendEmail', 'ses:SendRawEmail'], ['*']));
    new scheduler.Schedule(s, 'Daily', { schedule: scheduler.ScheduleExpression.cron({ hour: '8', minute: '0', timeZone: cdk.TimeZone.EUROPE_BERLIN }), target: new schedulerTargets.LambdaInvoke(fn) });
  },
  'stepfunctions-job-poller': (s) => {
    const submit = node(s, 'SubmitLambda');
    const check = node(s, 'CheckLambda');
    const wait = new sfn.Wait(s, 'Wait 30 Seconds', { time: sfn.WaitTime.duration(Duration.seconds(30)) });
    const status = new tasks.LambdaInvoke(s, 'Get Job Status', { lambdaFunction: check, outputPath: '$.Payload' });
    const definition = new tasks.LambdaInvoke(s, 'Submit Job', { lambdaFunction: submit, outputPath: '$.Payload' }).next(wait).next(status)
      .next(new sfn.Choice(s, 'Job Complete?').when(sfn.Condition.stringEquals('$.status', 'FAILED'), new sfn.Fail(s, 'Job Failed')).when(sfn.Condition.stringEquals('$.status', 'SUCCEEDED'), new sfn.Succeed(s, 'Done')).otherwise(wait));
    new sfn.StateMachine(s, 'CronStateMachine', { definitionBody: sfn.DefinitionBody.fromChainable(definition), timeout: Duration.minutes(5) });
  },
  'stepfunctions-service-integrations': (s) => {
    const orders = table(s, 'Orders');
    const topic = new sns.Topic(s, 'Shipped');
    const queue = new sqs.Queue(s, 'Packing');
    const validate = node(s, 'Validate');
    const put = new tasks.DynamoPutItem(s, 'Save order', { table: orders, item: { id: tasks.DynamoAttributeValue.fromString(sfn.JsonPath.stringAt('$.id')) }, resultPath: sfn.JsonPath.DISCARD });
    const chain = new tasks.LambdaInvoke(s, 'Validate order', { lambdaFunction: validate, payloadResponseOnly: true }).next(put)
      .next(new tasks.SqsSendMessage(s, 'Pack', { queue, messageBody: sfn.TaskInput.fromJsonPathAt('$') }))
      .next(new tasks.SnsPublish(s, 'Announce', { topic, message: sfn.TaskInput.fromJsonPathAt('$') }));
    const machine = new sfn.StateMachine(s, 'OrderFlow', { definitionBody: sfn.DefinitionBody.fromChainable(chain), tracingEnabled: true, logs: { destination: new logs.LogGroup(s, 'Logs'), level: sfn.LogLevel.ALL } });
    const start = node(s, 'Start', { environment: { STATE_MACHINE: machine.stateMachineArn } });
    machine.grantStartExecution(start);
    machine.grantTaskResponse(start);
  },
  'stepfunctions-callservice': (s) => {
    const bucket = new s3.Bucket(s, 'Input');
    const detect = new tasks.CallAwsService(s, 'Detect labels', { service: 'rekognition', action: 'detectLabels', parameters: { Image: { S3Object: { Bucket: bucket.bucketName, Name: sfn.JsonPath.stringAt('$.key') } } }, iamResources: ['*'], additionalIamStatements: [allow(['s3:getObject'], [bucket.arnForObjects('*')])] });
    const machine = new sfn.StateMachine(s, 'Express', { definitionBody: sfn.DefinitionBody.fromChainable(detect), stateMachineType: sfn.StateMachineType.EXPRESS });
    const fn = node(s, 'OnUpload', { environment: { ARN: machine.stateMachineArn } });
    machine.grantStartSyncExecution(fn);
    fn.addEventSource(new sources.S3EventSource(bucket, { events: [s3.EventType.OBJECT_CREATED] }));
  },
  'cognito-triggers': (s) => {
    const users = table(s, 'Users');
    const pre = node(s, 'PreSignUp');
    const post = node(s, 'PostConfirmation', { environment: { TABLE: users.tableName } });
    users.grantWriteData(post);
    const pool = new cognito.UserPool(s, 'Pool', { selfSignUpEnabled: true, signInAliases: { email: true }, lambdaTriggers: { preSignUp: pre, postConfirmation: post } });
    pool.addClient('Web', { authFlows: { userSrp: true } });
    post.role.attachInlinePolicy(new iam.Policy(s, 'userpool-policy', { statements: [allow(['cognito-idp:AdminAddUserToGroup'], [pool.userPoolArn])] }));
  },
  'http-api-jwt': (s) => {
    const pool = new cognito.UserPool(s, 'UserPool');
    const client = pool.addClient('Client');
    const api = new apigwv2.HttpApi(s, 'Api', { corsPreflight: { allowOrigins: ['*'], allowMethods: [apigwv2.CorsHttpMethod.ANY] } });
    const notes = table(s, 'Notes');
    const fn = node(s, 'NotesFunction', { environment: { TABLE: notes.tableName } });
    notes.grantReadWriteData(fn);
    api.addRoutes({ path: '/notes', methods: [apigwv2.HttpMethod.ANY], integration: new HttpLambdaIntegration('Notes', fn), authorizer: new HttpUserPoolAuthorizer('Auth', pool, { userPoolClients: [client] }) });
  },
  'token-authorizer': (s) => {
    const secret = new secretsmanager.Secret(s, 'JwtSecret');
    const auth = node(s, 'AuthFunction', { environment: { SECRET_ARN: secret.secretArn } });
    secret.grantRead(auth);
    const api = new apigw.RestApi(s, 'Api', { deployOptions: { tracingEnabled: true, loggingLevel: apigw.MethodLoggingLevel.INFO } });
    const authorizer = new apigw.TokenAuthorizer(s, 'Authorizer', { handler: auth });
    api.root.addMethod('GET', new apigw.LambdaIntegration(node(s, 'Hello')), { authorizer });
  },
  'websocket-chat': (s) => {
    const connections = table(s, 'Connections');
    const connect = node(s, 'ConnectHandler', { environment: { TABLE: connections.tableName } });
    const disconnect = node(s, 'DisconnectHandler', { environment: { TABLE: connections.tableName } });
    const message = node(s, 'MessageHandler', { environment: { TABLE: connections.tableName } });
    connections.grantWriteData(connect);
    connections.grantWriteData(disconnect);
    connections.grantReadWriteData(message);
    const api = new apigwv2.WebSocketApi(s, 'ChatApi', { connectRouteOptions: { integration: new WebSocketLambdaIntegration('Connect', connect) }, disconnectRouteOptions: { integration: new WebSocketLambdaIntegration('Disconnect', disconnect) }, });
    api.addRoute('sendmessage', { integration: new WebSocketLambdaIntegration('Message', message) });
    const stage = new apigwv2.WebSocketStage(s, 'Prod', { webSocketApi: api, stageName: 'prod', autoDeploy: true });
    api.grantManageConnections(message);
    message.addEnvironment('ENDPOINT', stage.callbackUrl);
  },
  'appsync-lambda-resolvers': (s) => {
    const api = new appsync.GraphqlApi(s, 'Api', { name: 'cdk-notes-appsync-api', definition: appsync.Definition.fromSchema(new appsync.SchemaFile({ filePath: 'tscode/schema.graphql' })), xrayEnabled: true });
    const fn = node(s, 'AppSyncNotesHandler', { memorySize: 1024 });
    const source = api.addLambdaDataSource('lambdaDatasource', fn);
    source.createResolver('QueryGetNoteByIdResolver', { typeName: 'Query', fieldName: 'getNoteById' });
    const notes = table(s, 'CDKNotesTable');
    notes.grantFullAccess(fn);
    fn.addEnvironment('NOTES_TABLE', notes.tableName);
  },
  'vpc-rds-proxy': (s) => {
    const vpc = new ec2.Vpc(s, 'Vpc', { maxAzs: 2, natGateways: 1 });
    const db = new rds.DatabaseInstance(s, 'Postgres', { vpc, engine: rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_16 }), instanceType: ec2.InstanceType.of(ec2.InstanceClass.T4G, ec2.InstanceSize.MICRO), removalPolicy: RemovalPolicy.DESTROY });
    const proxy = db.addProxy('Proxy', { secrets: [db.secret], vpc, iamAuth: true });
    const fn = node(s, 'Query', { vpc, environment: { PROXY_ENDPOINT: proxy.endpoint } });
    proxy.grantConnect(fn, 'lambda');
    db.connections.allowDefaultPortFrom(fn);
  },
  'vpc-rds-secret': (s) => {
    const vpc = new ec2.Vpc(s, 'Vpc', { maxAzs: 2 });
    const cluster = new rds.DatabaseCluster(s, 'Aurora', { vpc, engine: rds.DatabaseClusterEngine.auroraPostgres({ version: rds.AuroraPostgresEngineVersion.VER_15_3 }), writer: rds.ClusterInstance.serverlessV2('writer'), enableDataApi: true });
    const fn = python(s, 'Api', { environment: { SECRET_ARN: cluster.secret.secretArn, CLUSTER_ARN: cluster.clusterArn } });
    cluster.grantDataApiAccess(fn);
  },
  'secret-rotation': (s) => {
    const secret = new secretsmanager.Secret(s, 'Token', { generateSecretString: { excludePunctuation: true } });
    const rotate = python(s, 'Rotate', { timeout: Duration.seconds(30) });
    secret.addRotationSchedule('Schedule', { rotationLambda: rotate, automaticallyAfter: Duration.days(30) });
  },
  'ssm-parameters': (s) => {
    const name = new ssm.StringParameter(s, 'ApiUrl', { parameterName: '/shop/api-url', stringValue: 'https://example.com' });
    const secure = ssm.StringParameter.fromSecureStringParameterAttributes(s, 'ApiKey', { parameterName: '/shop/api-key', version: 1 });
    const fn = python(s, 'Sync');
    name.grantRead(fn);
    secure.grantRead(fn);
    fn.addToRolePolicy(allow(['ssm:GetParametersByPath'], [`arn:aws:ssm:${s.region}:${s.account}:parameter/shop/*`]));
  },
  'kms-encrypted-bucket': (s) => {
    const key = new kms.Key(s, 'Key', { enableKeyRotation: true });
    const bucket = new s3.Bucket(s, 'Documents', { encryption: s3.BucketEncryption.KMS, encryptionKey: key, enforceSSL: true, versioned: true });
    const fn = python(s, 'Process');
    bucket.grantReadWrite(fn);
    const encrypt = python(s, 'Encrypt');
    key.grantEncrypt(encrypt);
  },
  'bedrock-invoke': (s) => {
    const fn = python(s, 'Summarize', { timeout: Duration.minutes(2) });
    fn.addToRolePolicy(allow(['bedrock:InvokeModel'], [`arn:aws:bedrock:${s.region}::foundation-model/anthropic.claude-3-haiku-20240307-v1:0`]));
    new apigw.LambdaRestApi(s, 'Api', { handler: fn, proxy: false }).root.addResource('summaries').addMethod('POST');
  },
  'bedrock-wide': (s) => {
    const fn = python(s, 'Chat', { timeout: Duration.minutes(5) });
    fn.addToRolePolicy(allow(['bedrock:*'], ['*']));
    fn.addFunctionUrl({ authType: lambda.FunctionUrlAuthType.AWS_IAM, invokeMode: lambda.InvokeMode.RESPONSE_STREAM });
  },
  'rekognition-workshop': (s) => {
    const bucket = new s3.Bucket(s, 'imageBucket', { removalPolicy: RemovalPolicy.DESTROY });
    const resized = new s3.Bucket(s, 'resizedBucket', { removalPolicy: RemovalPolicy.DESTROY });
    const labels = table(s, 'ImageLabels', { partitionKey: { name: 'image', type: dynamodb.AttributeType.STRING } });
    const fn = python(s, 'rekognitionFunction', { timeout: Duration.seconds(30), memorySize: 1024, environment: { TABLE: labels.tableName, BUCKET: bucket.bucketName, THUMBBUCKET: resized.bucketName } });
    fn.addEventSource(new sources.S3EventSource(bucket, { events: [s3.EventType.OBJECT_CREATED] }));
    bucket.grantRead(fn);
    resized.grantPut(fn);
    labels.grantWriteData(fn);
    fn.addToRolePolicy(allow(['rekognition:DetectLabels'], ['*'], { effect: iam.Effect.ALLOW }));
  },
  'textract-pipeline': (s) => {
    const bucket = new s3.Bucket(s, 'Documents');
    const topic = new sns.Topic(s, 'JobDone');
    const role = new iam.Role(s, 'TextractServiceRole', { assumedBy: new iam.ServicePrincipal('textract.amazonaws.com') });
    role.addToPolicy(allow(['sns:Publish'], [topic.topicArn]));
    const start = python(s, 'AsyncProcessor', { environment: { SNS_TOPIC_ARN: topic.topicArn, SNS_ROLE_ARN: role.roleArn } });
    start.addToRolePolicy(allow(['iam:PassRole'], [role.roleArn]));
    start.addToRolePolicy(allow(['textract:*'], ['*']));
    bucket.grantRead(start);
    start.addEventSource(new sources.S3EventSource(bucket, { events: [s3.EventType.OBJECT_CREATED] }));
    const results = python(s, 'JobResults');
    results.addEventSource(new sources.SnsEventSource(topic));
    results.addToRolePolicy(allow(['textract:*'], ['*']));
    bucket.grantReadWrite(results);
  },
  'firehose-lambda-transform': (s) => {
    const bucket = new s3.Bucket(s, 'Lake');
    const transform = python(s, 'Transform', { timeout: Duration.minutes(1) });
    const stream = new firehose.DeliveryStream(s, 'Delivery', { destination: new firehose.S3Bucket(bucket, { processor: new firehose.LambdaFunctionProcessor(transform) }) });
    const ingest = python(s, 'Ingest', { environment: { STREAM: stream.deliveryStreamName } });
    stream.grantPutRecords(ingest);
  },
  'iot-rule': (s) => {
    const fn = python(s, 'Alarm');
    new iot.CfnTopicRule(s, 'Rule', { topicRulePayload: { sql: "SELECT * FROM 'sensors/+' WHERE temperature > 50", actions: [{ lambda: { functionArn: fn.functionArn } }] } });
    fn.addPermission('Iot', { principal: new iam.ServicePrincipal('iot.amazonaws.com'), sourceAccount: s.account });
    fn.addToRolePolicy(allow(['iot:Publish'], [`arn:aws:iot:${s.region}:${s.account}:topic/alarms/*`]));
  },
  'efs-mount': (s) => {
    const vpc = new ec2.Vpc(s, 'VPC', { natGateways: 0, maxAzs: 2 });
    const fs = new efs.FileSystem(s, 'Efs', { vpc, removalPolicy: RemovalPolicy.DESTROY });
    const point = fs.addAccessPoint('AccessPoint', { createAcl: { ownerGid: '1001', ownerUid: '1001', permissions: '750' }, path: '/export/lambda', posixUser: { gid: '1001', uid: '1001' } });
    python(s, 'Reader', { vpc, vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED }, filesystem: lambda.FileSystem.fromEfsAccessPoint(point, '/mnt/msg') });
  },
  'layers-and-versions': (s) => {
    const layer = new lambda.LayerVersion(s, 'Utilities', { code: asset(), compatibleRuntimes: [lambda.Runtime.NODEJS_20_X] });
    const fn = node(s, 'Handler', { layers: [layer], tracing: lambda.Tracing.ACTIVE });
    const alias = new lambda.Alias(s, 'Live', { aliasName: 'live', version: fn.currentVersion, provisionedConcurrentExecutions: 1 });
    alias.addAutoScaling({ maxCapacity: 10 }).scaleOnUtilization({ utilizationTarget: 0.5 });
  },
  'provider-framework': (s) => {
    const onEvent = python(s, 'OnEvent');
    const isComplete = python(s, 'IsComplete');
    onEvent.addToRolePolicy(allow(['s3:PutObject', 's3:DeleteObject'], ['*']));
    const provider = new cr.Provider(s, 'Provider', { onEventHandler: onEvent, isCompleteHandler: isComplete, logRetention: logs.RetentionDays.ONE_DAY });
    new cdk.CustomResource(s, 'Object', { serviceToken: provider.serviceToken, properties: { Key: 'hello.txt' } });
  },
  'aws-custom-resource': (s) => {
    const settings = table(s, 'Settings');
    new cr.AwsCustomResource(s, 'Seed', { onCreate: { service: 'DynamoDB', action: 'putItem', parameters: { TableName: settings.tableName, Item: { id: { S: 'default' } } }, physicalResourceId: cr.PhysicalResourceId.of('seed') }, policy: cr.AwsCustomResourcePolicy.fromSdkCalls({ resources: [settings.tableArn] }) });
    new cr.AwsCustomResource(s, 'Verify', { onUpdate: { service: 'SES', action: 'verifyDomainIdentity', parameters: { Domain: 'example.com' }, physicalResourceId: cr.PhysicalResourceId.fromResponse('VerificationToken') }, policy: cr.AwsCustomResourcePolicy.fromSdkCalls({ resources: cr.AwsCustomResourcePolicy.ANY_RESOURCE }) });
  },
  'static-site-deployment': (s) => {
    const bucket = new s3.Bucket(s, 'SiteBucket', { autoDeleteObjects: true, removalPolicy: RemovalPolicy.DESTROY });
    const distribution = new cloudfront.Distribution(s, 'SiteDistribution', { defaultRootObject: 'index.html', defaultBehavior: { origin: cforigins.S3BucketOrigin.withOriginAccessControl(bucket), viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS } });
    new s3deploy.BucketDeployment(s, 'Deploy', { sources: [s3deploy.Source.asset('site')], destinationBucket: bucket, distribution, distributionPaths: ['/*'] });
  },
  'edge-function': (s) => {
    const bucket = new s3.Bucket(s, 'Origin');
    const edge = new cloudfront.experimental.EdgeFunction(s, 'Headers', { runtime: lambda.Runtime.NODEJS_20_X, handler: 'index.handler', code: asset() });
    new cloudfront.Distribution(s, 'Distribution', { defaultBehavior: { origin: cforigins.S3BucketOrigin.withOriginAccessControl(bucket), edgeLambdas: [{ functionVersion: edge.currentVersion, eventType: cloudfront.LambdaEdgeEventType.VIEWER_RESPONSE }] } });
  },
  'cross-account-role': (s) => {
    const fn = python(s, 'Inventory');
    fn.addToRolePolicy(allow(['sts:AssumeRole'], ['arn:aws:iam::111122223333:role/inventory-reader']));
    fn.addToRolePolicy(allow(['organizations:ListAccounts'], ['*']));
  },
  'cross-account-bucket': (s) => {
    const bucket = s3.Bucket.fromBucketName(s, 'Partner', 'partner-exchange');
    const key = kms.Key.fromKeyArn(s, 'PartnerKey', 'arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab');
    const fn = python(s, 'Import');
    bucket.grantRead(fn, 'outgoing/*');
    key.grantDecrypt(fn);
  },
  'canary-deployment': (s) => {
    const fn = node(s, 'Handler');
    const alias = new lambda.Alias(s, 'Alias', { aliasName: 'prod', version: fn.currentVersion });
    const alarm = new cloudwatch.Alarm(s, 'Errors', { metric: alias.metricErrors(), threshold: 1, evaluationPeriods: 1 });
    new codedeploy.LambdaDeploymentGroup(s, 'Deployment', { alias, deploymentConfig: codedeploy.LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES, alarms: [alarm] });
    new apigw.LambdaRestApi(s, 'Api', { handler: alias });
  },
  'alarms-and-dashboard': (s) => {
    const topic = new sns.Topic(s, 'Alarms');
    const fn = node(s, 'Api', { deadLetterQueueEnabled: true });
    const alarm = new cloudwatch.Alarm(s, 'Errors', { metric: fn.metricErrors({ period: Duration.minutes(1) }), threshold: 5, evaluationPeriods: 2 });
    alarm.addAlarmAction(new cwactions.SnsAction(topic));
    new cloudwatch.Dashboard(s, 'Dashboard', { widgets: [[new cloudwatch.GraphWidget({ left: [fn.metricInvocations(), fn.metricDuration()] })]] });
    const notify = python(s, 'Slack');
    notify.addEventSource(new sources.SnsEventSource(topic));
    notify.addToRolePolicy(allow(['cloudwatch:DescribeAlarms', 'cloudwatch:ListTagsForResource'], ['*']));
  },
  'destinations': (s) => {
    const ok = new sqs.Queue(s, 'Succeeded');
    const failed = new sns.Topic(s, 'Failed');
    const bus = new events.EventBus(s, 'Bus');
    node(s, 'Work', { onSuccess: new destinations.SqsDestination(ok), onFailure: new destinations.SnsDestination(failed), retryAttempts: 1 });
    node(s, 'Publish', { onSuccess: new destinations.EventBridgeDestination(bus), onFailure: new destinations.LambdaDestination(python(s, 'Repair')) });
  },
  'log-subscription': (s) => {
    const group = new logs.LogGroup(s, 'AppLogs', { retention: logs.RetentionDays.ONE_WEEK });
    const fn = python(s, 'Errors', { logRetention: logs.RetentionDays.ONE_WEEK });
    group.addSubscriptionFilter('Errors', { destination: new logsdest.LambdaDestination(fn), filterPattern: logs.FilterPattern.anyTerm('ERROR') });
  },
  'ec2-scheduler': (s) => {
    const fn = python(s, 'StartStop');
    fn.addToRolePolicy(allow(['ec2:DescribeInstances', 'ec2:StartInstances', 'ec2:StopInstances'], ['*']));
    new events.Rule(s, 'Stop', { schedule: events.Schedule.cron({ hour: '19', minute: '0' }) }).addTarget(new targets.LambdaFunction(fn, { event: events.RuleTargetInput.fromObject({ action: 'stop' }) }));
    new events.Rule(s, 'Start', { schedule: events.Schedule.cron({ hour: '7', minute: '0' }) }).addTarget(new targets.LambdaFunction(fn, { event: events.RuleTargetInput.fromObject({ action: 'start' }) }));
  },
  'ecs-run-task': (s) => {
    const vpc = ec2.Vpc.fromVpcAttributes(s, 'Vpc', { vpcId: 'vpc-0123456789abcdef0', availabilityZones: ['eu-west-1a'], privateSubnetIds: ['subnet-0123456789abcdef0'] });
    const cluster = new ecs.Cluster(s, 'Cluster', { vpc });
    const task = new ecs.FargateTaskDefinition(s, 'Transcode');
    task.addContainer('main', { image: ecs.ContainerImage.fromRegistry('amazon/amazon-ecs-sample'), logging: ecs.LogDrivers.awsLogs({ streamPrefix: 'transcode' }) });
    const fn = node(s, 'StartTask', { environment: { CLUSTER: cluster.clusterName, TASK: task.taskDefinitionArn } });
    task.grantRun(fn);
  },
  'cost-report': (s) => {
    const fn = python(s, 'Costs', { timeout: Duration.minutes(1) });
    fn.addToRolePolicy(allow(['ce:GetCostAndUsage', 'ce:GetCostForecast'], ['*']));
    fn.addToRolePolicy(allow(['ses:SendEmail'], [`arn:aws:ses:${s.region}:${s.account}:identity/example.com`]));
    new events.Rule(s, 'Monthly', { schedule: events.Schedule.rate(Duration.days(30)) }).addTarget(new targets.LambdaFunction(fn));
  },
  'guardduty-response': (s) => {
    const fn = python(s, 'Respond');
    fn.addToRolePolicy(allow(['ec2:DescribeInstances', 'ec2:ModifyInstanceAttribute', 'ec2:CreateSnapshot', 'ec2:CreateTags'], ['*']));
    fn.addToRolePolicy(allow(['wafv2:GetIPSet', 'wafv2:UpdateIPSet'], [`arn:aws:wafv2:${s.region}:${s.account}:regional/ipset/blocked/*`]));
    new events.Rule(s, 'Finding', { eventPattern: { source: ['aws.guardduty'], detailType: ['GuardDuty Finding'], detail: { severity: [{ numeric: ['>=', 7] }] } } }).addTarget(new targets.LambdaFunction(fn));
  },
  'config-custom-rule': (s) => {
    const fn = python(s, 'Evaluate');
    new config.CustomRule(s, 'Rule', { configurationChanges: true, lambdaFunction: fn, ruleScope: config.RuleScope.fromResource(config.ResourceType.S3_BUCKET) });
    fn.addToRolePolicy(allow(['s3:GetBucketTagging'], ['*']));
  },
  'opensearch-indexer': (s) => {
    const domain = new opensearch.Domain(s, 'Search', { version: opensearch.EngineVersion.OPENSEARCH_2_11, capacity: { dataNodes: 1, dataNodeInstanceType: 't3.small.search' } });
    const items = table(s, 'Items', { stream: dynamodb.StreamViewType.NEW_IMAGE });
    const fn = python(s, 'Index', { environment: { ENDPOINT: domain.domainEndpoint } });
    domain.grantIndexReadWrite('items', fn);
    domain.grantWrite(fn);
    fn.addEventSource(new sources.DynamoEventSource(items, { startingPosition: lambda.StartingPosition.TRIM_HORIZON }));
  },
  'athena-report': (s) => {
    const results = new s3.Bucket(s, 'Results');
    const data = s3.Bucket.fromBucketName(s, 'Data', 'company-data-lake');
    new athena.CfnWorkGroup(s, 'Reports', { name: 'reports', workGroupConfiguration: { resultConfiguration: { outputLocation: results.s3UrlForObject() } } });
    const fn = python(s, 'Report', { timeout: Duration.minutes(5) });
    results.grantReadWrite(fn);
    data.grantRead(fn);
    fn.addToRolePolicy(allow(['athena:StartQueryExecution', 'athena:GetQueryExecution', 'athena:GetQueryResults'], [`arn:aws:athena:${s.region}:${s.account}:workgroup/reports`]));
    fn.addToRolePolicy(allow(['glue:GetTable', 'glue:GetDatabase', 'glue:GetPartitions'], [`arn:aws:glue:${s.region}:${s.account}:catalog`, `arn:aws:glue:${s.region}:${s.account}:database/lake`, `arn:aws:glue:${s.region}:${s.account}:table/lake/*`]));
  },
  'ses-receive': (s) => {
    const mails = new s3.Bucket(s, 'Mails');
    const fn = node(s, 'Forward');
    mails.grantRead(fn);
    fn.addToRolePolicy(allow(['ses:SendRawEmail'], ['*']));
    new ses.ReceiptRuleSet(s, 'Rules', { rules: [{ recipients: ['support@example.com'], actions: [new sesActions.S3({ bucket: mails }), new sesActions.Lambda({ function: fn })] }] });
  },
  'managed-policies': (s) => {
    const role = new iam.Role(s, 'LambdaRole', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'), managedPolicies: ['service-role/AWSLambdaBasicExecutionRole', 'AmazonDynamoDBFullAccess', 'AmazonS3ReadOnlyAccess'].map((n) => iam.ManagedPolicy.fromAwsManagedPolicyName(n)) });
    node(s, 'Legacy', { role });
  },
  'custom-role-inline-policies': (s) => {
    const role = new iam.Role(s, 'Role', { roleName: 'orders-worker', assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'), inlinePolicies: { Logs: new iam.PolicyDocument({ statements: [allow(['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'], ['arn:aws:logs:*:*:*'])] }), Queue: new iam.PolicyDocument({ statements: [allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], [`arn:aws:sqs:${s.region}:${s.account}:orders`])] }) } });
    const fn = python(s, 'Worker', { role });
    fn.addEventSourceMapping('Orders', { eventSourceArn: `arn:aws:sqs:${s.region}:${s.account}:orders` });
  },
  'imported-role': (s) => {
    const role = iam.Role.fromRoleArn(s, 'Shared', 'arn:aws:iam::123456789012:role/shared-lambda-role', { mutable: false });
    python(s, 'Report', { role });
  },
  'administrator-helper': (s) => {
    const fn = python(s, 'Bootstrap', { timeout: Duration.minutes(15) });
    fn.role.addManagedPolicy(iam.ManagedPolicy.fromAwsManagedPolicyName('AdministratorAccess'));
  },
  'trigger-after-deploy': (s) => {
    const accounts = table(s, 'Accounts');
    const seed = new triggers.TriggerFunction(s, 'Seed', { runtime: lambda.Runtime.NODEJS_20_X, handler: 'index.handler', code: asset(), executeAfter: [accounts] });
    accounts.grantWriteData(seed);
  },
  'codepipeline-lambda-invoke': (s) => {
    const source = new codepipeline.Artifact();
    const bucket = new s3.Bucket(s, 'Source', { versioned: true });
    const fn = node(s, 'SmokeTest');
    const project = new codebuild.PipelineProject(s, 'Build');
    new codepipeline.Pipeline(s, 'Pipeline', { stages: [
      { stageName: 'Source', actions: [new cpactions.S3SourceAction({ actionName: 'S3', bucket, bucketKey: 'app.zip', output: source })] },
      { stageName: 'Build', actions: [new cpactions.CodeBuildAction({ actionName: 'Build', project, input: source })] },
      { stageName: 'Test', actions: [new cpactions.LambdaInvokeAction({ actionName: 'Smoke', lambda: fn })] }] });
  },
  'cloudtrail-tagger': (s) => {
    const fn = python(s, 'Tagger');
    const trail = new cloudtrail.Trail(s, 'Trail');
    trail.logAllLambdaDataEvents();
    fn.addToRolePolicy(allow(['ec2:CreateTags', 'rds:AddTagsToResource', 'lambda:TagResource', 's3:PutBucketTagging'], ['*']));
    cloudtrail.Trail.onEvent(s, 'Created', { target: new targets.LambdaFunction(fn) });
  },
  'dynamodb-global-index': (s) => {
    const posts = table(s, 'Posts', { sortKey: { name: 'createdAt', type: dynamodb.AttributeType.NUMBER }, encryption: dynamodb.TableEncryption.CUSTOMER_MANAGED });
    posts.addGlobalSecondaryIndex({ indexName: 'byAuthor', partitionKey: { name: 'author', type: dynamodb.AttributeType.STRING } });
    const list = node(s, 'ListPosts', { environment: { TABLE: posts.tableName } });
    posts.grantReadData(list);
    const write = node(s, 'WritePost', { environment: { TABLE: posts.tableName } });
    posts.grant(write, 'dynamodb:PutItem');
    const search = node(s, 'SearchPosts');
    search.addToRolePolicy(allow(['dynamodb:Query', 'dynamodb:Scan'], [posts.tableArn, `${posts.tableArn}/index/*`]));
  },
  'table-v2-and-grants': (s) => {
    const t = new dynamodb.TableV2(s, 'Global', { partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING }, removalPolicy: RemovalPolicy.DESTROY });
    const fn = node(s, 'Api', { architecture: lambda.Architecture.ARM_64, logGroup: new logs.LogGroup(s, 'ApiLogs', { retention: logs.RetentionDays.ONE_MONTH }) });
    t.grantReadWriteData(fn);
  },
  'permissions-boundary': (s) => {
    const boundary = iam.ManagedPolicy.fromManagedPolicyName(s, 'Boundary', 'developer-boundary');
    iam.PermissionsBoundary.of(s).apply(boundary);
    const bucket = new s3.Bucket(s, 'Exports');
    const fn = python(s, 'Export');
    bucket.grantReadWrite(fn);
    fn.addToRolePolicy(allow(['dynamodb:ExportTableToPointInTime'], [`arn:aws:dynamodb:${s.region}:${s.account}:table/customers`]));
  },
};

const FLAGS = Object.fromEntries(Object.entries(require('aws-cdk-lib/recommended-feature-flags.json')));
const context = (flags) => ({ 'aws:cdk:enable-path-metadata': true, 'aws:cdk:enable-asset-metadata': true, 'aws:cdk:disable-metadata-crc': true, ...(flags ? FLAGS : {}) });
const app = (flags, outdir) => new cdk.App({ context: context(flags), outdir, analyticsReporting: true, treeMetadata: false });
const pascal = (name) => name.split('-').map((w) => w[0].toUpperCase() + w.slice(1)).join('') + 'Stack';

// Three whole applications.
const APPS = {
  'cross-stack': (a) => {
    const data = new Stack(a, 'DataStack');
    const orders = table(data, 'OrdersTable');
    const bucket = new s3.Bucket(data, 'UploadsBucket');
    const queue = new sqs.Queue(data, 'JobsQueue');
    const api = new Stack(a, 'ApiStack');
    const fn = node(api, 'OrdersFunction', { environment: { TABLE: orders.tableName, BUCKET: bucket.bucketName } });
    orders.grantReadWriteData(fn);
    bucket.grantPut(fn);
    queue.grantSendMessages(fn);
    new apigw.LambdaRestApi(api, 'OrdersApi', { handler: fn });
    const worker = new Stack(a, 'WorkerStack');
    const consumer = python(worker, 'JobsConsumer');
    consumer.addEventSource(new sources.SqsEventSource(queue));
    orders.grantWriteData(consumer);
  },
  'nested-stacks': (a) => {
    const root = new Stack(a, 'PlatformStack', { env: { account: '123456789012', region: 'eu-west-1' } });
    const storage = new cdk.NestedStack(root, 'Storage');
    const bucket = new s3.Bucket(storage, 'Media');
    const compute = new cdk.NestedStack(root, 'Compute');
    const fn = node(compute, 'Transcode');
    bucket.grantReadWrite(fn);
    fn.addToRolePolicy(allow(['mediaconvert:CreateJob', 'mediaconvert:DescribeEndpoints'], ['*']));
    new events.Rule(compute, 'Nightly', { schedule: events.Schedule.rate(Duration.days(1)) }).addTarget(new targets.LambdaFunction(fn));
  },
  'pipeline': (a) => {
    class ServiceStage extends cdk.Stage {
      constructor(scope, id, props) {
        super(scope, id, props);
        const s = new Stack(this, 'Service');
        const t = table(s, 'Table');
        const fn = node(s, 'Handler', { environment: { TABLE: t.tableName } });
        t.grantReadWriteData(fn);
        new apigw.LambdaRestApi(s, 'Gateway', { handler: fn });
      }
    }
    const s = new Stack(a, 'PipelineStack', { env: { account: '123456789012', region: 'eu-west-1' } });
    const pipeline = new pipelines.CodePipeline(s, 'Pipeline', { synth: new pipelines.ShellStep('Synth', { input: pipelines.CodePipelineSource.connection('example/service', 'main', { connectionArn: 'arn:aws:codestar-connections:eu-west-1:123456789012:connection/12345678-abcd-12ab-34cdef5678gh' }), commands: ['npm ci', 'npx cdk synth'] }) });
    pipeline.addStage(new ServiceStage(a, 'Staging', { env: { account: '123456789012', region: 'eu-west-1' } }));
  },
};

const out = process.argv[2];
let number = 0;
for (const [name, build] of Object.entries(STACKS)) {
  const a = app(number++ % 2 === 0, `${out}/stacks/${name}`);
  build(new Stack(a, pascal(name), name === 'edge-function' ? { env: { account: '123456789012', region: 'us-east-1' } } : {}));
  a.synth();
}
for (const [name, build] of Object.entries(APPS)) {
  const a = app(true, `${out}/apps/${name}`);
  build(a);
  a.synth();
}
