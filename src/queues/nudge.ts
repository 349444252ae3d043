import * as z from "zod";

/** A queue message as it arrives. */
export const Nudge = z.object({ companyId: z.string(), key: z.string() });
