import { Archived, iso } from "../../core/fields.ts";
import { doc, ok, okPage, okRecord, seenVersion, valid } from "../../core/http.ts";
import { may, staffRoutes } from "../../core/routers.ts";
import { getDraft, listDrafts } from "./draft-queries.ts";
import * as shape from "./drafts.schemas.ts";
import { LetterPreview, RecordId } from "./letter.schemas.ts";
import { presentDraft } from "./present.ts";
import { previewDraft } from "./preview-letter.ts";
import { archiveDraft, createDraft, updateDraft } from "./save-draft.ts";

export const emailDraftRoutes = staffRoutes();

emailDraftRoutes.get(
  "/",
  may("view_email"),
  doc("List e-mail drafts, sent ones too", shape.EmailDraft.array()),
  valid("query", shape.DraftQuery),
  async (c) => okPage(c, await listDrafts(c.var.ctx, c.req.valid("query")), presentDraft),
);

emailDraftRoutes.post(
  "/",
  may("edit_email"),
  doc("Write an e-mail to a lead", shape.EmailDraft, { status: 201 }),
  valid("json", shape.DraftInput),
  async (c) => {
    const created = await createDraft(c.var.ctx, c.req.valid("json"));
    return okRecord(c, presentDraft(created), created.draft.version, 201);
  },
);

emailDraftRoutes.get(
  "/:id",
  may("view_email"),
  doc("Get an e-mail draft", shape.EmailDraft),
  valid("param", RecordId),
  async (c) => {
    const found = await getDraft(c.var.ctx, c.req.valid("param").id);
    return okRecord(c, presentDraft(found), found.draft.version);
  },
);

emailDraftRoutes.put(
  "/:id",
  may("edit_email"),
  doc("Change an e-mail draft that is not on its way", shape.EmailDraft),
  valid("param", RecordId),
  valid("json", shape.DraftChanges),
  async (c) => {
    const { id } = c.req.valid("param");
    const updated = await updateDraft(c.var.ctx, id, c.req.valid("json"), seenVersion(c));
    return okRecord(c, presentDraft(updated), updated.draft.version);
  },
);

emailDraftRoutes.delete(
  "/:id",
  may("edit_email"),
  doc("Archive an e-mail draft", Archived),
  valid("param", RecordId),
  async (c) => {
    const { id, deletedAt } = await archiveDraft(c.var.ctx, c.req.valid("param").id);
    return ok(c, { id, deleted_at: iso(deletedAt) });
  },
);

emailDraftRoutes.get(
  "/:id/preview",
  may("view_email"),
  doc("Show a draft as the lead would get it", LetterPreview),
  valid("param", RecordId),
  async (c) => ok(c, await previewDraft(c.var.ctx, c.req.valid("param").id)),
);
