import * as z from "zod";
import { emailAddress } from "../../core/fields.ts";
import { pageQuery } from "../../core/page.ts";
import { headerLine } from "./letter.schemas.ts";

export const SenderProperty = z.object({ propertyId: z.string() });

export const SenderQuery = pageQuery(["property_id"], {});
export type SenderQuery = z.infer<typeof SenderQuery>;

export const SenderSetting = z.object({
  from_address: emailAddress
    .describe("Must belong to a sender or domain that the company's mail vendor has verified")
    .meta({ example: "leasing@maple.example" }),
  from_name: headerLine.nullable().optional().meta({ example: "Maple Court" }),
  reply_to: emailAddress.nullable().optional().meta({ example: "office@maple.example" }),
});
export type SenderSetting = z.infer<typeof SenderSetting>;

export const EmailSender = z
  .object({
    property_id: z.string(),
    from_address: z.string(),
    from_name: z.string().nullable(),
    reply_to: z.string().nullable(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: "EmailSender" });
