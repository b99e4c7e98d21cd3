import { SESClient, SendEmailCommand } from '@aws-sdk/client-ses';
import { SESv2Client, SendEmailCommand as SendEmailV2 } from '@aws-sdk/client-sesv2';
import { Signer } from '@aws-sdk/rds-signer';
import { NothingCommand } from '@aws-sdk/client-nothing-known';

const ses = new SESClient({ endpoint: 'http://localhost:4566' });
const sesv2 = new SESv2Client({});

export function send(to, { from = 'noreply@example.org', subject } = {}) {
  return ses.send(new SendEmailCommand({ Source: from, Destination: { ToAddresses: [to] }, Message: subject }));
}

export async function sendV2() {
  const signer = new Signer({ hostname: process.env.DB_HOST, port: 5432, username: 'app' });
  const token = await signer.getAuthToken();
  await sesv2.send(new NothingCommand({}));
  return sesv2.send(new SendEmailV2({ FromEmailAddress: token }));
}
