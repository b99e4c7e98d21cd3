import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";

export interface Notices {
  announce(text: string): Promise<void>;
}

export class TopicNotices implements Notices {
  private readonly sns = new SNSClient({});

  async announce(text: string) {
    await this.sns.send(new PublishCommand({ TopicArn: process.env.TOPIC_ARN, Message: text }));
  }
}
