import { S3Client, GetObjectCommand, paginateListObjectsV2 } from "@aws-sdk/client-s3";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
const s3 = new S3Client({ region: "eu-west-1" });
const ddb = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const TABLE = process.env.TABLE ?? "d";
async function save(table, item) { await ddb.send(new PutCommand({ TableName: table, Item: item })); }
export const handler = async (event) => {
  for (const record of event.Records) {
    const { bucket: { name }, object } = record.s3;
    const key = decodeURIComponent(object.key.replace(/\+/g, " "));
    await s3.send(new GetObjectCommand({ Bucket: name, Key: key }));
    await save(TABLE, { key });
  }
  await save(`x-${process.env["STAGE"]}`, {});
  for await (const p of paginateListObjectsV2({ client: s3 }, { Bucket: "lit" })) {}
};
