import { and, eq, isNull, sql } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { invalidFields, notFound } from "../../core/errors.ts";
import { commit } from "../../core/outbox.ts";
import { accounts } from "../../db/schema/companies.ts";
import { getProperty } from "../properties/queries.ts";
import { getCampaign } from "./campaign-queries.ts";
import { deliverMail, findMail } from "./deliver-mail.ts";
import { getDraft } from "./draft-queries.ts";
import { fillSample } from "./preview-letter.ts";
import { type MailRow, mailRow } from "./queue-mail.ts";
import { requireVendor } from "./require-vendor.ts";
import { sampleFooter } from "./campaign-letter.ts";
import type { TestMailRequest } from "./sending.schemas.ts";
import { type LetterParts, takeTemplate } from "./take-template.ts";
import { getTemplate } from "./template-queries.ts";

/** Sends a letter to staff, marked as a test. Nothing else changes. */
export async function sendTest(ctx: Context, input: TestMailRequest): Promise<MailRow> {
  const to = await ownAddress(ctx, input.to);
  const { letter, property, leadId, isCampaign } = await chooseLetter(ctx, input);
  const propertyId = property.id;
  await requireVendor(ctx);
  const footer = isCampaign ? sampleFooter(ctx, property) : undefined;
  const composed = await fillSample(ctx, letter, propertyId, input.lead_id ?? leadId, footer);
  const id = ctx.newId();
  const mail = mailRow(ctx, {
    id,
    kind: "test",
    dedupeKey: `test:${id}`,
    to: { address: to, name: ctx.actor.name },
    ...composed,
    subject: `[Test] ${composed.subject}`,
    propertyId,
    fromName: property.name,
    replyTo: property.email,
  });
  const sent = audit(ctx, { action: "send_test", recordType: "mail", recordId: id, after: { ...input, to } });
  await commit(ctx, [mail.insert, sent], [mail.work]);
  await deliverMail(ctx, id).catch((error: unknown) => ctx.log.error("test mail left for its queue", error));
  const row = await findMail(ctx, id);
  if (!row) throw notFound("Mail");
  return row;
}

/** The caller's address, or the one asked for if it belongs to somebody of the company. */
async function ownAddress({ actor, ...ctx }: Context, wanted: string | undefined): Promise<string> {
  const own = actor.kind === "staff" ? actor.email : "";
  if (wanted === undefined && own === "")
    throw invalidFields([{ field: "to", message: "is required: an API key has no address of its own" }]);
  if (wanted === undefined || wanted === own.toLowerCase()) return own;
  const [colleague] = await ctx.db
    .select({ email: accounts.email })
    .from(accounts)
    .where(
      and(
        eq(accounts.companyId, ctx.companyId),
        eq(sql`lower(${accounts.email})`, wanted),
        isNull(accounts.deletedAt),
      ),
    );
  if (!colleague) throw invalidFields([{ field: "to", message: "must belong to your company's staff" }]);
  return colleague.email;
}

type Chosen = {
  letter: LetterParts;
  property: Awaited<ReturnType<typeof getProperty>>;
  leadId?: string;
  isCampaign?: boolean;
};

async function chooseLetter(ctx: Context, input: TestMailRequest): Promise<Chosen> {
  if (input.draft_id) {
    const { draft } = await getDraft(ctx, input.draft_id);
    const property = await getProperty(ctx, draft.propertyId);
    return { letter: draft, property, leadId: draft.leadId };
  }
  if (input.campaign_id) {
    const { campaign } = await getCampaign(ctx, input.campaign_id);
    const letter = { ...campaign, content: campaign.templateContent };
    return { letter, property: await getProperty(ctx, campaign.propertyId), isCampaign: true };
  }
  const template = input.template_id ? await getTemplate(ctx, input.template_id) : null;
  const propertyId = input.property_id ?? template?.propertyId ?? null;
  if (propertyId === null)
    throw invalidFields([
      { field: "property_id", message: "is required: the template is for every property" },
    ]);
  const property = await getProperty(ctx, propertyId);
  return { letter: await takeTemplate(ctx, propertyId, input), property };
}
