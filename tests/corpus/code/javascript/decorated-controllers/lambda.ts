import { Body, Controller, Get, Injectable, Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import serverless from "serverless-http";

@Injectable()
export class Images {
  private readonly s3: S3Client;

  constructor() {
    this.s3 = new S3Client({});
  }

  async image(key: string) {
    return this.s3.send(new GetObjectCommand({ Bucket: "images", Key: key }));
  }

  async all() {
    return this.s3.send(new ListObjectsV2Command({ Bucket: "images" }));
  }
}

@Controller("images")
export class ImagesController {
  constructor(private readonly images: Images) {}

  @Get()
  async show(@Body() query: { key: string }) {
    return this.images.image(query.key);
  }
}

@Module({ controllers: [ImagesController], providers: [Images] })
export class App {}

export const handler = async (event: unknown, context: unknown) => {
  const app = await NestFactory.create(App);
  await app.init();
  return serverless(app.getHttpAdapter().getInstance())(event, context);
};
