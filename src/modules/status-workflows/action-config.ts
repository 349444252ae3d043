import * as z from "zod";
import { emailAddress } from "../../core/fields.ts";
import { templateText } from "../status-templates/template-text.ts";

export const Recipient = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("assigned_manager") }),
  z.strictObject({ type: z.literal("all_managers") }),
  z.strictObject({ type: z.literal("manager"), manager_id: z.string().min(1) }),
  z.strictObject({
    type: z.literal("role"),
    role: z.enum(["company_admin", "manager", "agent", "viewer"]),
  }),
  z.strictObject({ type: z.literal("email"), email: emailAddress }),
]);
export type Recipient = z.infer<typeof Recipient>;

const Channel = z.enum(["in_app", "email"]);
export type Channel = z.infer<typeof Channel>;

const NotificationConfig = z
  .strictObject({
    recipients: z
      .array(Recipient)
      .min(1, "name at least one recipient")
      .max(20)
      .default([{ type: "assigned_manager" }]),
    channels: z.array(Channel).min(1, "name at least one channel").max(2).default(["in_app"]),
    title: templateText(200).optional().describe("Without one the property's template for the change speaks"),
    message: templateText(4000).optional(),
  })
  .superRefine(({ recipients, channels, title, message }, check) => {
    const index = recipients.findIndex(({ type }) => type === "email");
    if (index >= 0 && !channels.includes("email"))
      check.addIssue({
        code: "custom",
        path: ["recipients", index],
        message: "an e-mail address is reached by the channel email only",
      });
    if ((title === undefined) !== (message === undefined))
      check.addIssue({
        code: "custom",
        path: [title === undefined ? "title" : "message"],
        message: "title and message go together",
      });
  });

const assignTo = z
  .string()
  .min(1)
  .default("assigned_manager")
  .describe("assigned_manager, primary_manager, nobody, or the id of a manager of the property");

const tenYears = 10 * 365 * 24 * 60;
const oneYear = 366 * 24 * 60;

const FollowUpConfig = z.strictObject({
  title: templateText(500).default("Follow up with {{lead_name}}"),
  delay_minutes: z.int().min(1).max(oneYear),
  business_hours: z.boolean().default(false).describe("Count the delay in the property's office hours"),
  assign_to: assignTo,
});

const ScoreConfig = z.strictObject({
  delta: z
    .int()
    .min(-100)
    .max(100)
    .refine((delta) => delta !== 0, "must not be 0"),
  reason: z.string().trim().min(1, "must not be empty").max(200),
});

const TaskConfig = z.strictObject({
  title: templateText(500),
  due_in_minutes: z.int().min(1).max(tenYears).optional(),
  assign_to: assignTo,
  notify: z.boolean().default(true).describe("Tell whoever gets it, or everybody of the property"),
});

export const WorkflowAction = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("send_notification"), config: NotificationConfig.prefault({}) }),
  z.strictObject({ type: z.literal("schedule_follow_up"), config: FollowUpConfig }),
  z.strictObject({ type: z.literal("update_lead_score"), config: ScoreConfig }),
  z.strictObject({ type: z.literal("create_task"), config: TaskConfig }),
]);
export type WorkflowAction = z.infer<typeof WorkflowAction>;

export type ConfigOf<Type extends WorkflowAction["type"]> = Extract<WorkflowAction, { type: Type }>["config"];
