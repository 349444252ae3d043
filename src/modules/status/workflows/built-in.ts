import type { WorkflowDefinition } from "../workflow-schema.ts";
import { contactWorkflow } from "./contact.ts";
import { conversationWorkflow } from "./conversation.ts";
import { emailDraftWorkflow } from "./email-draft.ts";
import { faqWorkflow } from "./faq.ts";
import { leadWorkflow } from "./lead.ts";
import { taskWorkflow } from "./task.ts";
import { tourWorkflow } from "./tour.ts";

/**
 * The workflows every company has without asking. A company's own default of the same type goes before them.
 * Changing one means a new version number: entities keep the version they began with.
 */
export const builtInWorkflows = {
  lead: leadWorkflow,
  tour: tourWorkflow,
  contact: contactWorkflow,
  task: taskWorkflow,
  conversation: conversationWorkflow,
  faq: faqWorkflow,
  email_draft: emailDraftWorkflow,
} satisfies Record<string, WorkflowDefinition>;

export function builtInWorkflow(entityType: string): WorkflowDefinition | null {
  return Object.hasOwn(builtInWorkflows, entityType)
    ? builtInWorkflows[entityType as keyof typeof builtInWorkflows]
    : null;
}

export function builtInWorkflowWithId(id: string): WorkflowDefinition | null {
  return Object.values(builtInWorkflows).find((workflow) => workflow.id === id) ?? null;
}
