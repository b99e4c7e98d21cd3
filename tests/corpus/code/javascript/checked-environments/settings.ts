import { createEnv } from "@t3-oss/env-core";
import * as env from "env-var";
import { cleanEnv, str } from "envalid";
import { z } from "zod";

const parsed = z.object({ QUEUE_URL: z.string() }).safeParse(process.env);
if (!parsed.success) throw new Error("the environment lacks QUEUE_URL");

export const { QUEUE_URL } = parsed.data;
export const tables = createEnv({ server: { TABLE: z.string() }, runtimeEnv: process.env });
export const buckets = cleanEnv(process.env, { BUCKET: str() });
export const key = env.get("KEY_ID").required().asString();
export const renamed = z
  .object({ TOPIC: z.string() })
  .transform((given) => ({ topic: given.TOPIC }))
  .parse(process.env);
export const picked = z.object({ stream: z.string() }).parse({ stream: process.env.STREAM_NAME });
