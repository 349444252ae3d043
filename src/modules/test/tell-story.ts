import type { Context } from "../../core/context.ts";
import { chatRoom } from "../../durable/stubs.ts";
import { linkContact } from "../contacts/link-contact.ts";
import { adjustStatus } from "../status/adjust-status.ts";
import { changeStatus, type StatusChangeInput } from "../status/change-status.ts";
import { asOf } from "./as-of.ts";
import { demoId } from "./demo/demo-id.ts";
import type { Story } from "./demo/story.ts";
import { linesOf } from "./story-lines.ts";
import { hasApplication, writeStoryRows } from "./story-rows.ts";
import { bookStoryTour, writePastTour } from "./story-tour.ts";

/** Writes one visitor's story as it would have happened: rows, messages, then every status through its machine. */
export async function tellStory(ctx: Context, story: Story): Promise<void> {
  const { propertyId, conversationId, userId } = await writeStoryRows(ctx, story);
  await linkContact(asOf(ctx, story.began), demoId(`lead ${story.key}`));
  const about = {
    companyId: ctx.companyId,
    conversationId,
    propertyId,
    userId,
    clockOffsetMs: ctx.clockOffsetMs,
  };
  const lines = linesOf(story, ctx.now().getTime());
  await chatRoom(ctx.env, ctx.companyId, conversationId).restore(about, lines.messages, lines.speaker);
  await conversationStatus(ctx, story, lines.speaker.speaker === "human" ? lines.speaker.name : null);
  if (story.tour && "hoursAgo" in story.tour) await writePastTour(ctx, story, story.tour);
  for (const [index, move] of story.moves.entries()) await moveLead(ctx, story, index, move);
  if (story.tour && "inDays" in story.tour) await bookStoryTour(ctx, story, story.tour.inDays);
  if (story.followUpInMinutes) await promiseCall(ctx, story, story.followUpInMinutes);
}

/** Somebody promised to call back by then; nobody will, so that the clock can be watched ringing. */
async function promiseCall(ctx: Context, story: Story, minutes: number): Promise<void> {
  const dueAt = new Date(ctx.now().getTime() + minutes * 60_000);
  await adjustStatus(ctx, { entityType: "lead", entityId: demoId(`lead ${story.key}`) }, { dueAt });
}

async function moveLead(
  ctx: Context,
  story: Story,
  index: number,
  [status, at, by, reason]: Story["moves"][number],
) {
  const { firstName, lastName, email, phone } = story.person;
  await changeStatus(asOf(ctx, at, by), {
    entityType: "lead",
    entityId: demoId(`lead ${story.key}`),
    toStatus: status,
    reason: reason ?? null,
    changeId: `demo:${story.key}:${index}`,
    component: by === undefined ? "chatbot" : null,
    propertyId: demoId(story.property),
    facts: {
      has_name: firstName !== undefined,
      has_contact: email !== undefined || phone !== undefined,
      has_live_tour: story.tour !== undefined,
      has_application: hasApplication(story),
    },
    entityDetails: {
      name: [firstName, lastName].filter(Boolean).join(" ") || "A visitor",
      conversation_id: demoId(story.key),
    },
  });
}

/** Who waits for a person, who has one, and what has long been over. */
async function conversationStatus(ctx: Context, story: Story, person: string | null): Promise<void> {
  const change = (toStatus: string, at: number): [Context, StatusChangeInput] => [
    asOf(ctx, at),
    {
      entityType: "conversation",
      entityId: demoId(story.key),
      toStatus,
      changeId: `demo:${story.key}:${toStatus}`,
      component: "chatbot",
      propertyId: demoId(story.property),
    },
  ];
  const isWaiting = story.lines.at(-1)?.startsWith("h:") ?? false;
  await changeStatus(
    ...change(isWaiting ? "waiting_for_agent" : person ? "with_agent" : "active", story.began),
  );
  if (story.began > 96) await changeStatus(...change("closed", story.began - 24));
}
