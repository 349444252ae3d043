import { Archived, iso } from "../../core/fields.ts";
import { doc, ok, okPage, okRecord, seenVersion, valid } from "../../core/http.ts";
import { may, staffRoutes } from "../../core/routers.ts";
import { answerFaq } from "./answer-faq.ts";
import { archiveFaq } from "./archive-faq.ts";
import { assignFaq } from "./assign-faq.ts";
import { createFaq } from "./create-faq.ts";
import { listTold } from "./list-told.ts";
import { presentCreatedFaq, presentFaq, presentTelling } from "./present.ts";
import { getFaq, listAssignedFaqs, listFaqs } from "./queries.ts";
import { reviewFaq } from "./review-faq.ts";
import * as shape from "./schemas.ts";
import { updateFaq } from "./update-faq.ts";

export const faqRoutes = staffRoutes();

faqRoutes.get(
  "/",
  may("view_faqs"),
  doc("List FAQs", shape.Faq.array()),
  valid("query", shape.FaqQuery),
  async (c) => okPage(c, await listFaqs(c.var.ctx, c.req.valid("query")), presentFaq),
);

faqRoutes.post(
  "/",
  may("edit_faqs"),
  doc("Add a FAQ, with or without its answer", shape.FaqCreated, { status: 201 }),
  valid("json", shape.FaqDraft),
  async (c) => {
    const created = await createFaq(c.var.ctx, c.req.valid("json"));
    return okRecord(c, presentCreatedFaq(created), created.faq.version, 201);
  },
);

faqRoutes.get(
  "/pending",
  may("view_faqs"),
  doc("List questions that wait for an answer", shape.Faq.array(), {
    description: "`sort=-asked_count` begins with those that visitors ask most",
  }),
  valid("query", shape.PendingQuery),
  async (c) => {
    const query = { ...c.req.valid("query"), status: "pending" as const };
    return okPage(c, await listFaqs(c.var.ctx, query), presentFaq);
  },
);

faqRoutes.get(
  "/assigned/:managerId",
  may("view_faqs"),
  doc("List the FAQs a manager is to look after", shape.Faq.array()),
  valid("param", shape.AssigneeId),
  valid("query", shape.AssignedQuery),
  async (c) => {
    const { managerId } = c.req.valid("param");
    return okPage(c, await listAssignedFaqs(c.var.ctx, managerId, c.req.valid("query")), presentFaq);
  },
);

faqRoutes.get(
  "/:id",
  may("view_faqs"),
  doc("Get a FAQ", shape.Faq),
  valid("param", shape.FaqId),
  async (c) => {
    const found = await getFaq(c.var.ctx, c.req.valid("param").id);
    return okRecord(c, presentFaq(found), found.faq.version);
  },
);

faqRoutes.put(
  "/:id",
  may("edit_faqs"),
  doc("Change a FAQ", shape.Faq),
  valid("param", shape.FaqId),
  valid("json", shape.FaqChanges),
  async (c) => {
    const { id } = c.req.valid("param");
    const updated = await updateFaq(c.var.ctx, id, c.req.valid("json"), seenVersion(c));
    return okRecord(c, presentFaq(updated), updated.faq.version);
  },
);

faqRoutes.delete(
  "/:id",
  may("edit_faqs"),
  doc("Archive a FAQ", Archived),
  valid("param", shape.FaqId),
  async (c) => {
    const { id, deletedAt } = await archiveFaq(c.var.ctx, c.req.valid("param").id);
    return ok(c, { id, deleted_at: iso(deletedAt) });
  },
);

faqRoutes.put(
  "/:id/assign/:managerId",
  may("assign_work"),
  doc("Give a question to a manager of its property", shape.Faq),
  valid("param", shape.FaqAssignment),
  async (c) => {
    const { id, managerId } = c.req.valid("param");
    const assigned = await assignFaq(c.var.ctx, id, managerId, seenVersion(c));
    return okRecord(c, presentFaq(assigned), assigned.faq.version);
  },
);

faqRoutes.put(
  "/:id/answer",
  may("answer_faqs"),
  doc("Answer a question; the answer is approved, and visitors who were promised one are told", shape.Faq),
  valid("param", shape.FaqId),
  valid("json", shape.Answer),
  async (c) => {
    const { answer } = c.req.valid("json");
    const answered = await answerFaq(c.var.ctx, c.req.valid("param").id, {
      answer,
      seenVersion: seenVersion(c),
    });
    return okRecord(c, presentFaq(answered), answered.faq.version);
  },
);

faqRoutes.post(
  "/:id/needs-review",
  may("answer_faqs"),
  doc("Take an answer out of use until somebody has looked at it", shape.Faq),
  valid("param", shape.FaqId),
  valid("json", shape.Review),
  async (c) => {
    const reviewed = await reviewFaq(c.var.ctx, c.req.valid("param").id, c.req.valid("json"));
    return okRecord(c, presentFaq(reviewed), reviewed.faq.version);
  },
);

faqRoutes.get(
  "/:id/told",
  may("view_faqs"),
  doc("List who was told which answer", shape.Telling.array(), {
    description: "`outdated=true` lists those who were told another answer than the present one",
  }),
  valid("param", shape.FaqId),
  valid("query", shape.ToldQuery),
  async (c) => {
    const { id } = c.req.valid("param");
    return okPage(c, await listTold(c.var.ctx, id, c.req.valid("query")), presentTelling);
  },
);
