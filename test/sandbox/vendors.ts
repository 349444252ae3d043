import { amplitude } from "./amplitude/routes.ts";
import { calendly } from "./calendly/routes.ts";
import { openai } from "./openai/routes.ts";
import { resman } from "./resman/routes.ts";
import { sendgrid } from "./sendgrid/routes.ts";
import { sink } from "./sink/routes.ts";
import { twilio } from "./twilio/routes.ts";
import type { Vendor } from "./vendor.ts";

export const vendors: Vendor[] = [amplitude, calendly, openai, resman, sendgrid, sink, twilio];
