import * as z from "zod";
import { EntityType } from "./workflow-schema.ts";
import { Pagination, StatusChanged } from "./schemas.ts";

const ApprovalStatus = z.enum(["pending", "approved", "rejected", "superseded"]);

export const ApprovalQuery = z.object({
  status: ApprovalStatus.optional(),
  entity_type: EntityType.optional(),
  property_id: z.string().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
});
export type ApprovalQuery = z.infer<typeof ApprovalQuery>;

export const ApprovalId = z.object({ id: z.string().min(1).max(64) });

export const Verdict = z
  .object({ reason: z.string().trim().min(1).max(4000).nullable().optional() })
  .meta({ example: { reason: "Paid in full" } });
export type Verdict = z.infer<typeof Verdict>;

const when = z.iso.datetime();
const Person = z.object({ id: z.string(), name: z.string() });

export const Approval = z
  .object({
    approval_id: z.string(),
    entity_type: z.string(),
    entity_id: z.union([z.number(), z.string()]),
    property_id: z.string().nullable(),
    from_status: z.string().nullable(),
    to_status: z.string(),
    status: ApprovalStatus.describe("superseded: the entity went elsewhere meanwhile"),
    transition_reason: z.string().nullable(),
    business_context: z.record(z.string(), z.json()),
    requested_by: Person,
    requested_at: when,
    decided_by: Person.nullable(),
    decided_at: when.nullable(),
    decision_reason: z.string().nullable(),
    transition_id: z.string().nullable(),
  })
  .meta({ id: "StatusApproval" });

export const ApprovalList = z
  .object({ approvals: z.array(Approval).describe("Newest first"), pagination: Pagination })
  .meta({ id: "StatusApprovalList" });

export const Decided = z
  .object({
    approval_id: z.string(),
    status: z.enum(["approved", "rejected"]),
    change: StatusChanged.nullable().describe("What approving did; null where nothing was left to do"),
  })
  .meta({ id: "StatusApprovalDecided" });
