import type { Context } from "../../core/context.ts";
import { findSms, sendSms, type Sms } from "../../integrations/twilio/client.ts";
import { findTwilioAccess } from "../companies/vendor-access.ts";

/** Whoever carries text messages. Both answer the carrier's ids of messages. */
export type SmsSender = {
  /** Null where whoever has the number has asked for no messages. */
  send(message: Sms): Promise<string | null>;
  /** Messages with these words that were taken since then. */
  find(message: Sms, since: Date): Promise<string[]>;
};

/** The company's carrier; null where it has none. */
export async function findSmsSender(ctx: Context): Promise<SmsSender | null> {
  const access = await findTwilioAccess(ctx);
  return (
    access && {
      send: async (message) => (await sendSms(access, message)).sid,
      find: (message, since) => findSms(access, message, since),
    }
  );
}
