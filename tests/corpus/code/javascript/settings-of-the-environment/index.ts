import { SSMClient, GetParametersCommand } from "@aws-sdk/client-ssm";
import { S3 } from "@aws-sdk/client-s3";
import { captureAWSv3Client } from "aws-xray-sdk-core";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { defaultProvider } from "@aws-sdk/credential-provider-node";
import { fromEnv, fromNodeProviderChain } from "@aws-sdk/credential-providers";
import { z } from "zod";
import * as process from "node:process";
import { env } from "process";

const Env = z.object({ BUCKET: z.string(), PREFIX: z.string().default("p") });
const config = Env.parse(process.env);
const { BUCKET: bucketName } = config;
const ssm = captureAWSv3Client(new SSMClient({ requestHandler: new NodeHttpHandler({}), credentials: fromEnv() }));
const s3 = new S3({ credentials: defaultProvider(), requestHandler: new NodeHttpHandler() });
function required(name: string): string { const value = process.env[name]; if (!value) throw new Error(`missing ${name}`); return value; }
const TABLES = { users: required("USERS_TABLE"), orders: required("ORDERS_TABLE") };
class Config { private static instance: Config; readonly queue = env.QUEUE_URL; static get(): Config { if (!Config.instance) Config.instance = new Config(); return Config.instance; } get topic() { return required("TOPIC"); } }
import { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { SQSClient, SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import { SNS } from "@aws-sdk/client-sns";
const doc = DynamoDBDocument.from(new DynamoDB({}));
type Op = keyof typeof TABLES;
const read = async (op: Op, id: string) => doc.get({ TableName: TABLES[op], Key: { id } });
export const handler = async (event: any) => {
  await s3.putObject({ Bucket: bucketName, Key: `${config.PREFIX}/x` });
  await ssm.send(new GetParametersCommand({ Names: ["/a", `/b/${env.STAGE}`] }));
  await read("users", "1");
  await doc.put({ TableName: TABLES.orders, Item: {} });
  await new SQSClient({}).send(new SendMessageBatchCommand({ QueueUrl: Config.get().queue, Entries: [] }));
  await new SNS({}).publish({ TopicArn: Config.get().topic, Message: "" });
  const [a, ...others] = event.Records;
  for (const r of others) await s3.deleteObject({ Bucket: r.s3.bucket.name, Key: r.s3.object.key });
  const groups = event.Records.reduce((acc: any, r: any) => { (acc[r.s3.bucket.name] ??= []).push(r.s3.object.key); return acc; }, {});
  for (const [bucket, keys] of Object.entries<any>(groups)) await s3.deleteObjects({ Bucket: bucket, Delete: { Objects: keys.map((Key: string) => ({ Key })) } });
};
