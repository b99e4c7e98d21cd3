import { SNS } from '@aws-sdk/client-sns';
const sns = new SNS({});
export async function publish(message: string) {
  await sns.publish({ TopicArn: process.env.TOPIC_ARN, Message: message });
}
