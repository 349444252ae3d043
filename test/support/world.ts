import { parametersOf } from "../../src/openapi/read-routes.ts";
import { asVisitor } from "./api.ts";
import { anApiKey, anExport } from "./access.ts";
import { aContact, aMerge } from "./contacts.ts";
import { aCampaign, aDraft, aSender, aSuppression, aTemplate } from "./email.ts";
import { aWorkflowInUse } from "./status.ts";
import {
  aCompany,
  aConversation,
  aFaq,
  aLead,
  aLeadWorkflow,
  aMessage,
  aNotification,
  anAssignment,
  aTask,
  aTour,
  aUnit,
} from "./factories.ts";
import { aWebhook } from "./webhooks.ts";

/** One of each thing in a company, for tests that walk all routes. */
export async function aWorld() {
  const company = await aCompany();
  const { property, otherProperty, agent, manager } = company;
  const visitor = await asVisitor(company, property);
  const conversation = await aConversation(property, { userId: visitor.visitor.id });
  const contact = await aContact(company);
  const lead = await aLead(property, { userId: visitor.visitor.id });
  return {
    company,
    visitor,
    conversation,
    contact,
    apiKey: await anApiKey(company),
    companyExport: await anExport(company),
    merge: await aMerge(contact),
    message: await aMessage(conversation),
    assignment: await anAssignment(otherProperty, { id: agent.managerId, accessLevel: "write" }),
    lead,
    draft: await aDraft(lead),
    template: await aTemplate(property),
    campaign: await aCampaign(property),
    suppression: await aSuppression(property),
    sender: await aSender(property),
    leadWorkflow: await aLeadWorkflow(property, { isActive: false }),
    tour: await aTour(property, { propertyManagerId: manager.managerId }),
    unit: await aUnit(property),
    faq: await aFaq(property),
    task: await aTask(property),
    notification: await aNotification(property, { propertyManagerId: manager.managerId }),
    webhook: await aWebhook(company),
    ...(await aWorkflowInUse(company)),
  };
}

export type World = Awaited<ReturnType<typeof aWorld>>;

type Filler = (world: World) => string;

const company: Filler = (world) => world.company.id;
const property: Filler = (world) => world.company.property.id;
const manager: Filler = (world) => world.company.manager.managerId;
const contact: Filler = (world) => world.contact.id;
const lead: Filler = (world) => world.lead.id;

/** What a parameter names, by the segment before it and its name, or by its name alone. */
const fillers: Record<string, Filler> = {
  "accounts/:id": (world) => world.company.agent.id,
  "api-keys/:id": (world) => world.apiKey.id,
  ":exportId": (world) => world.companyExport.id,
  "sessions/:id": (world) => world.company.admin.sessionId,
  "companies/:id": company,
  "properties/:id": property,
  ":propertyId": property,
  ":property_id": property,
  "property-managers/:id": manager,
  ":managerId": manager,
  ":assignmentId": (world) => world.assignment.id,
  "users/:id": (world) => world.visitor.visitor.id,
  "browser/:browserId": (world) => world.visitor.visitor.browserId,
  "status-workflows/:id": (world) => world.leadWorkflow.id,
  ":runId": (world) => world.leadWorkflow.id,
  "conversations/:id": (world) => world.conversation.id,
  ":conversationId": (world) => world.conversation.id,
  ":messageId": (world) => world.message.id,
  ":contact_id": contact,
  ":merge_id": (world) => world.merge.id,
  ":leadId": lead,
  ":lead_id": lead,
  "drafts/:id": (world) => world.draft.id,
  "send/:id": (world) => world.draft.id,
  "schedule/:id": (world) => world.draft.id,
  "templates/:id": (world) => world.template.id,
  "campaigns/:id": (world) => world.campaign.id,
  "suppressions/:id": (world) => world.suppression.id,
  "tours/:id": (world) => world.tour.id,
  ":tourId": (world) => world.tour.id,
  "faqs/:id": (world) => world.faq.id,
  "tasks/:id": (world) => world.task.id,
  "lead-notifications/:id": (world) => world.notification.id,
  ":notificationId": (world) => world.notification.id,
  ":entity_type/:entity_id": lead,
  "workflows/:id": (world) => world.workflow,
  ":entity_type/:id": (world) => world.workflow,
  "approvals/:id": (world) => world.approval,
  "calendars/:id": property,
  "webhooks/:id": (world) => world.webhook.id,
  ":deliveryId": (world) => world.webhook.deliveryId,
  ":migration_id": (world) => world.workflow,
};

/** What a field of a body names. */
const bodyFillers: Record<string, Filler> = {
  property_id: property,
  conversation_id: (world) => world.conversation.id,
  lead_id: lead,
  primary_id: contact,
  user_id: (world) => world.visitor.visitor.id,
  tour_id: (world) => world.tour.id,
  faq_id: (world) => world.faq.id,
  draft_id: (world) => world.draft.id,
  template_id: (world) => world.template.id,
  campaign_id: (world) => world.campaign.id,
  manager_id: manager,
  property_manager_id: manager,
  assigned_to: manager,
};

/** This world's ids for those of the fields that name a record. */
export function fillFields(fields: string[], world: World): Record<string, string> {
  const named = fields.flatMap((field) => Object.entries(bodyFillers).filter(([name]) => name === field));
  return Object.fromEntries(named.map(([field, filler]) => [field, filler(world)]));
}

/** Those of the fields that name a record. */
export function recordFields(fields: string[]): string[] {
  return fields.filter((field) => field in bodyFillers);
}

/** Names that every company has; nobody owns them. */
const unowned: Record<string, string> = {
  "workflows/:entity_type": "lead",
  "history/:entity_type": "lead",
  "explain/:entity_type": "lead",
  "current/:entity_type": "lead",
  "events/:entity_type": "lead",
};

/** The route's path with this world's ids. Throws for a parameter nobody has said how to fill. */
export function fillPath(path: string, world: World): string {
  const segments = path.split("/").map((segment, index, all) => {
    const places = placesOf(segment, all[index - 1]);
    if (places.length === 0) return segment;
    const shared = places.map((place) => unowned[place]).find((value) => value !== undefined);
    if (shared) return shared;
    const filler = places.map((place) => fillers[place]).find((found) => found !== undefined);
    if (!filler) throw new Error(`test/support/world.ts has nothing to fill ${segment} of ${path} with`);
    return encodeURIComponent(filler(world));
  });
  return segments.join("/");
}

/** Whether the path names anything that belongs to one company. */
export function namesOwned(path: string): boolean {
  return path
    .split("/")
    .map((segment, index, all) => placesOf(segment, all[index - 1]))
    .some((places) => places.length > 0 && places.every((place) => !(place in unowned)));
}

function placesOf(segment: string, before: string | undefined): string[] {
  const [name] = parametersOf(`/${segment}`);
  return name === undefined ? [] : [`${before}/:${name}`, `:${name}`];
}
