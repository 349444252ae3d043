import { and, eq, isNull } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { inCompany, inProperties, only } from "../../core/scope.ts";
import { properties } from "../../db/schema/properties.ts";
import { fetchNeeds, officeOf } from "./bot-facts.ts";
import { needs } from "./brain/needs.ts";
import { inferState } from "./brain/infer-state.ts";
import { planReply } from "./brain/plan-reply.ts";
import type { Slots } from "./brain/understanding.ts";
import { understand } from "./brain/understand.ts";
import type { TestMessage } from "./schemas.ts";

/** Runs one message through the very brain visitors talk to; nothing is stored, booked or sent. */
export async function testChatbot(ctx: Context, propertyId: string, test: TestMessage) {
  const property = only(
    await ctx.db
      .select()
      .from(properties)
      .where(
        and(
          inCompany(ctx, properties.companyId),
          inProperties(ctx, properties.id),
          eq(properties.id, propertyId),
          isNull(properties.deletedAt),
        ),
      ),
    "Property",
  );
  const now = test.now ?? ctx.now();
  const at: Context = { ...ctx, companyId: property.companyId, now: () => now };
  const { timeZone } = property;
  const known = (test.slots ?? {}) as Slots;
  const state = inferState(test.previous_bot_message);
  const understanding = understand(test.message, {
    now,
    timeZone,
    previousBotMessage: test.previous_bot_message ?? null,
    slots: known,
  });
  const need = needs(test.message, understanding, state, known, timeZone);
  // A tester wants to see what retrieval makes of any message, asked as a question or not.
  const questions = need.faqs.length > 0 ? need.faqs : [test.message];
  const all = { ...known, ...understanding.slots };
  const found = await fetchNeeds(at, { propertyId, timeZone }, { ...need, faqs: questions }, all);
  const plan = planReply({
    message: test.message,
    understanding,
    state,
    known,
    now,
    timeZone,
    propertyName: property.name,
    office: officeOf(property),
    tour: null,
    speaker: "bot",
    ...found,
    answers: need.faqs.length > 0 ? found.answers : [],
  });
  return {
    reply: plan.reply,
    intent: understanding.intent,
    slots: understanding.slots,
    faq_matches: found.answers.flatMap((answer) => answer.matches).toSorted((a, b) => b.score - a.score),
    actions: plan.actions,
    abstained: plan.abstained,
  };
}
