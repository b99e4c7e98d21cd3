import AnthropicBedrock from '@anthropic-ai/bedrock-sdk';
import { bedrock } from '@ai-sdk/amazon-bedrock';
import { Client } from '@opensearch-project/opensearch';
import { AwsSigv4Signer } from '@opensearch-project/opensearch/aws';
import nodemailer from 'nodemailer';
import dataApi from 'data-api-client';
import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';

const sesClient = new SESv2Client({});
let transport: nodemailer.Transporter | undefined;
function mail() {
  transport ??= nodemailer.createTransport({ SES: { sesClient, SendEmailCommand } });
  return transport;
}
const search = () => new Client({ ...AwsSigv4Signer({ region: 'eu-west-1', service: 'es' }), node: 'https://x' });

export const handler = async () => {
  await mail().sendMail({ from: 'Shop <a@example.com>' });
  await search().search({ index: 'i' });
  await dataApi({ secretArn: 's', resourceArn: 'r' }).query('SELECT 1');
  const model = bedrock('m');
  return [model, new AnthropicBedrock()];
};
