import { Archived, iso } from "../../core/fields.ts";
import { bare, doc, seenVersion, valid } from "../../core/http.ts";
import { may, staffRoutes } from "../../core/routers.ts";
import { presentLead } from "../leads/present.ts";
import { addInteraction } from "./add-interaction.ts";
import { archiveContact } from "./archive-contact.ts";
import { changeContactStatus } from "./change-contact-status.ts";
import { createContact } from "./create-contact.ts";
import { listDuplicatesOf } from "./find-duplicates.ts";
import { listDuplicateGroups } from "./list-duplicate-groups.ts";
import { listContactLeads } from "./list-leads.ts";
import { listStatusChanges } from "./list-status-changes.ts";
import { mergeContacts } from "./merge-contacts.ts";
import { listMerges } from "./merge-journal.ts";
import * as merging from "./merge-schemas.ts";
import { presentGroup, presentMerge, presentOutcome, presentUndone } from "./present-merge.ts";
import * as present from "./present.ts";
import { getContact, listContacts, listInteractions, searchContacts } from "./queries.ts";
import * as shape from "./schemas.ts";
import { undoMerge } from "./undo-merge.ts";
import { updateContact } from "./update-contact.ts";

/** Speaks a dialect of its own: bodies without an envelope, refusals as `{"detail": …}`. */
export const contactRoutes = staffRoutes();

contactRoutes.get(
  "/",
  may("view_contacts"),
  doc("List contacts", shape.ContactList),
  valid("query", shape.ContactQuery),
  async (c) => {
    const found = await listContacts(c.var.ctx, c.req.valid("query"));
    return bare(c, present.presentSlice("contacts", found, present.presentContact));
  },
);

contactRoutes.post(
  "/",
  may("edit_contacts"),
  doc("Add a contact; 409 with the candidates when it is likely known", shape.Contact, { status: 201 }),
  valid("query", shape.CreateQuery),
  valid("json", shape.ContactDraft),
  async (c) => {
    const { allow_duplicate } = c.req.valid("query");
    const created = await createContact(c.var.ctx, c.req.valid("json"), allow_duplicate);
    return bare(c, present.presentContact(created), 201, created.version);
  },
);

contactRoutes.get(
  "/search",
  may("view_contacts"),
  doc("Find contacts by name, address or a number in any notation", shape.ContactList),
  valid("query", shape.SearchQuery),
  async (c) => {
    const found = await searchContacts(c.var.ctx, c.req.valid("query"));
    return bare(c, present.presentSlice("contacts", found, present.presentContact));
  },
);

contactRoutes.get(
  "/duplicates",
  may("view_contacts"),
  doc("List contacts that are likely one person, by what they share", merging.DuplicateGroups),
  valid("query", shape.Slice),
  async (c) => {
    const found = await listDuplicateGroups(c.var.ctx, c.req.valid("query"));
    return bare(c, present.presentSlice("groups", found, presentGroup));
  },
);

contactRoutes.post(
  "/merge",
  may("edit_contacts"),
  doc("Make several contacts one, or tell what that would be", merging.MergeOutcome),
  valid("json", merging.MergeDraft),
  async (c) => bare(c, presentOutcome(await mergeContacts(c.var.ctx, c.req.valid("json")))),
);

contactRoutes.get(
  "/merges",
  may("view_contacts"),
  doc("List merges", merging.MergeList),
  valid("query", merging.MergeQuery),
  async (c) => {
    const found = await listMerges(c.var.ctx, c.req.valid("query"));
    return bare(c, present.presentSlice("merges", found, presentMerge));
  },
);

contactRoutes.post(
  "/merges/:merge_id/undo",
  may("edit_contacts"),
  doc("Take a merge back, within thirty days", merging.MergeUndone),
  valid("param", merging.MergeId),
  async (c) => bare(c, presentUndone(await undoMerge(c.var.ctx, c.req.valid("param").merge_id))),
);

contactRoutes.get(
  "/:contact_id",
  may("view_contacts"),
  doc("Get a contact", shape.Contact),
  valid("param", shape.ContactId),
  async (c) => {
    const found = await getContact(c.var.ctx, c.req.valid("param").contact_id);
    return bare(c, present.presentContact(found), 200, found.version);
  },
);

contactRoutes.put(
  "/:contact_id",
  may("edit_contacts"),
  doc("Change a contact", shape.Contact),
  valid("param", shape.ContactId),
  valid("json", shape.ContactChanges),
  async (c) => {
    const { contact_id } = c.req.valid("param");
    const updated = await updateContact(c.var.ctx, contact_id, c.req.valid("json"), seenVersion(c));
    return bare(c, present.presentContact(updated), 200, updated.version);
  },
);

contactRoutes.delete(
  "/:contact_id",
  may("edit_contacts"),
  doc("Archive a contact without live leads", Archived),
  valid("param", shape.ContactId),
  async (c) => {
    const { id, deletedAt } = await archiveContact(c.var.ctx, c.req.valid("param").contact_id);
    return bare(c, { id, deleted_at: iso(deletedAt) });
  },
);

contactRoutes.get(
  "/:contact_id/duplicates",
  may("view_contacts"),
  doc("List the contacts that are likely the same person", merging.Duplicates),
  valid("param", shape.ContactId),
  async (c) => {
    const { contact_id } = c.req.valid("param");
    const duplicates = await listDuplicatesOf(c.var.ctx, contact_id);
    return bare(c, { contact_id, duplicates: duplicates.map(present.presentCandidate) });
  },
);

contactRoutes.get(
  "/:contact_id/interactions",
  may("view_contacts"),
  doc("List the dealings with a contact", shape.InteractionList),
  valid("param", shape.ContactId),
  valid("query", shape.Slice),
  async (c) => {
    const { contact_id } = c.req.valid("param");
    const found = await listInteractions(c.var.ctx, contact_id, c.req.valid("query"));
    return bare(c, present.presentSlice("interactions", found, present.presentInteraction));
  },
);

contactRoutes.post(
  "/:contact_id/interactions",
  may("edit_contacts"),
  doc("Note a dealing with a contact", shape.Interaction, { status: 201 }),
  valid("param", shape.ContactId),
  valid("json", shape.InteractionDraft),
  async (c) => {
    const { contact_id } = c.req.valid("param");
    const added = await addInteraction(c.var.ctx, contact_id, c.req.valid("json"));
    return bare(c, present.presentInteraction(added), 201);
  },
);

contactRoutes.get(
  "/:contact_id/leads",
  may("view_leads"),
  doc("List a contact's leads", shape.ContactLeads),
  valid("param", shape.ContactId),
  valid("query", shape.Slice),
  async (c) => {
    const { contact_id } = c.req.valid("param");
    const found = await listContactLeads(c.var.ctx, contact_id, c.req.valid("query"));
    return bare(c, present.presentSlice("leads", found, presentLead));
  },
);

contactRoutes.put(
  "/:contact_id/status",
  may("edit_contacts"),
  doc("Move a contact to another relationship status", shape.StatusUpdated),
  valid("param", shape.ContactId),
  valid("json", shape.StatusUpdate),
  async (c) => {
    const { contact_id } = c.req.valid("param");
    const step = await changeContactStatus(c.var.ctx, contact_id, c.req.valid("json"), seenVersion(c));
    return bare(c, present.presentStatusUpdate(step));
  },
);

contactRoutes.get(
  "/:contact_id/status-history",
  may("view_contacts"),
  doc("List a contact's changes of status", shape.StatusHistory),
  valid("param", shape.ContactId),
  valid("query", shape.Slice),
  async (c) => {
    const { contact_id } = c.req.valid("param");
    const found = await listStatusChanges(c.var.ctx, contact_id, c.req.valid("query"));
    return bare(c, present.presentSlice("history", found, present.presentStatusChange));
  },
);
