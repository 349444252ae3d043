import * as z from "zod";

export const TicketWish = z
  .union(
    [
      z.strictObject({ conversation_id: z.string().min(1) }),
      z.strictObject({ manager_id: z.string().min(1) }),
      z.strictObject({ property_id: z.string().min(1) }),
    ],
    "name exactly one of conversation_id, manager_id and property_id",
  )
  .meta({ example: { conversation_id: "0195f3a0-0000-7000-8000-000000000001" } });
export type TicketWish = z.infer<typeof TicketWish>;

export const Ticket = z
  .object({ ticket: z.string(), url: z.string(), expires_at: z.iso.datetime() })
  .meta({ id: "SocketTicket" });

export const SocketQuery = z.object({
  ticket: z.string().max(300).optional(),
  after: z.coerce.number().int().min(0).default(0),
});
