import { doc, ok, okRecord, valid } from "../../core/http.ts";
import { may, staffRoutes } from "../../core/routers.ts";
import { DraftSchedule, EmailDraft } from "./drafts.schemas.ts";
import { RecordId } from "./letter.schemas.ts";
import { presentDraft, presentTestMail } from "./present.ts";
import { scheduleDraft } from "./save-draft.ts";
import { sendDraft } from "./send-draft.ts";
import { sendTest } from "./send-test.ts";
import { TestMail, TestMailRequest } from "./sending.schemas.ts";

/** The verbs; each kind of record has a router of its own. */
export const emailRoutes = staffRoutes();

emailRoutes.post(
  "/send/:id",
  may("edit_email"),
  doc("Send a draft now; sent once, however often it is asked for", EmailDraft),
  valid("param", RecordId),
  async (c) => {
    const { draft, ...more } = await sendDraft(c.var.ctx, c.req.valid("param").id);
    return okRecord(c, presentDraft({ draft, ...more }), draft.version);
  },
);

emailRoutes.post(
  "/send-test",
  may("edit_email"),
  doc("Send a letter to yourself to see it; it counts nowhere", TestMail),
  valid("json", TestMailRequest),
  async (c) => ok(c, presentTestMail(await sendTest(c.var.ctx, c.req.valid("json")))),
);

emailRoutes.post(
  "/schedule/:id",
  may("edit_email"),
  doc("Put a draft on the schedule, to another time, or off it", EmailDraft),
  valid("param", RecordId),
  valid("json", DraftSchedule),
  async (c) => {
    const { scheduled_for } = c.req.valid("json");
    const { draft, ...more } = await scheduleDraft(c.var.ctx, c.req.valid("param").id, scheduled_for);
    return okRecord(c, presentDraft({ draft, ...more }), draft.version);
  },
);
