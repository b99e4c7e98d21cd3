import { EventEmitter } from "events";
import { S3 } from "@aws-sdk/client-s3";
import { CustomResource } from "custom-resource-framework";

class BucketResource extends CustomResource {
  private readonly s3 = new S3({});

  async create() {
    await this.s3.createBucket({ Bucket: "drafts" });
  }

  async remove() {
    await this.s3.deleteBucket({ Bucket: "drafts" });
  }
}

class Progress extends EventEmitter {
  private readonly s3 = new S3({});

  async list() {
    this.emit("listed", await this.s3.listObjectsV2({ Bucket: "drafts" }));
  }
}

export const handler = async (event: { RequestType: string }) => {
  new Progress().emit("started");
  return new BucketResource().run(event);
};
