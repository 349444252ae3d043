import { Archived, iso } from "../../core/fields.ts";
import { doc, ok, okPage, okRecord, seenVersion, valid } from "../../core/http.ts";
import { may, staffRoutes } from "../../core/routers.ts";
import { LetterPreview, RecordId } from "./letter.schemas.ts";
import { mergeFields } from "./merge-fields.ts";
import { presentTemplate } from "./present.ts";
import { previewLetter, previewTemplate } from "./preview-letter.ts";
import { archiveTemplate, createTemplate, updateTemplate } from "./save-template.ts";
import { getTemplate, listTemplates } from "./template-queries.ts";
import * as shape from "./templates.schemas.ts";

export const emailTemplateRoutes = staffRoutes();

emailTemplateRoutes.get(
  "/",
  may("view_email"),
  doc("List e-mail templates", shape.EmailTemplate.array()),
  valid("query", shape.TemplateQuery),
  async (c) => okPage(c, await listTemplates(c.var.ctx, c.req.valid("query")), presentTemplate),
);

emailTemplateRoutes.get(
  "/variables",
  may("view_email"),
  doc("The variables that are drawn from a lead and its property", shape.MergeFields),
  (c) => ok(c, mergeFields),
);

emailTemplateRoutes.post(
  "/preview",
  may("edit_email"),
  doc("Show a letter as somebody would get it, without saving it", LetterPreview),
  valid("json", shape.PreviewRequest),
  async (c) => ok(c, await previewLetter(c.var.ctx, c.req.valid("json"))),
);

emailTemplateRoutes.post(
  "/",
  may("manage_templates"),
  doc("Create an e-mail template", shape.EmailTemplate, { status: 201 }),
  valid("json", shape.TemplateInput),
  async (c) => {
    const created = await createTemplate(c.var.ctx, c.req.valid("json"));
    return okRecord(c, presentTemplate(created), created.version, 201);
  },
);

emailTemplateRoutes.get(
  "/:id",
  may("view_email"),
  doc("Get an e-mail template", shape.EmailTemplate),
  valid("param", RecordId),
  async (c) => {
    const found = await getTemplate(c.var.ctx, c.req.valid("param").id);
    return okRecord(c, presentTemplate(found), found.version);
  },
);

emailTemplateRoutes.put(
  "/:id",
  may("manage_templates"),
  doc("Change an e-mail template", shape.EmailTemplate),
  valid("param", RecordId),
  valid("json", shape.TemplateChanges),
  async (c) => {
    const { id } = c.req.valid("param");
    const updated = await updateTemplate(c.var.ctx, id, c.req.valid("json"), seenVersion(c));
    return okRecord(c, presentTemplate(updated), updated.version);
  },
);

emailTemplateRoutes.delete(
  "/:id",
  may("manage_templates"),
  doc("Archive an e-mail template; what was made from it keeps its words", Archived),
  valid("param", RecordId),
  async (c) => {
    const { id, deletedAt } = await archiveTemplate(c.var.ctx, c.req.valid("param").id);
    return ok(c, { id, deleted_at: iso(deletedAt) });
  },
);

emailTemplateRoutes.post(
  "/:id/preview",
  may("edit_email"),
  doc("Show an e-mail template as somebody would get it", LetterPreview),
  valid("param", RecordId),
  valid("json", shape.TemplatePreviewRequest),
  async (c) => ok(c, await previewTemplate(c.var.ctx, c.req.valid("param").id, c.req.valid("json"))),
);
