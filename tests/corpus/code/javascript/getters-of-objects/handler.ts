import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";

const required = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is missing`);
  return value;
};

const config = {
  topics: {
    get alarms() {
      return required("ALARM_TOPIC_ARN");
    },
    audit: required("AUDIT_TOPIC_ARN"),
  },
};

const clients = {
  made: undefined as SNSClient | undefined,
  get sns(): SNSClient {
    return (this.made ??= new SNSClient({}));
  },
};

export const handler = async () => {
  await clients.sns.send(new PublishCommand({ TopicArn: config.topics.alarms, Message: "alarm" }));
  await clients.sns.send(new PublishCommand({ TopicArn: config.topics.audit, Message: "audit" }));
};
