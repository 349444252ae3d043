import { amplitude } from "./amplitude/routes.ts";
import { resman } from "./resman/routes.ts";
import { sendgrid } from "./sendgrid/routes.ts";
import { sink } from "./sink/routes.ts";
import { twilio } from "./twilio/routes.ts";
import type { Vendor } from "./vendor.ts";

export const vendors: Vendor[] = [amplitude, resman, sendgrid, sink, twilio];
