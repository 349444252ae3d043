import * as z from "zod";

const Address = z.object({
  email: z.email("Does not contain a valid address."),
  name: z.string().optional(),
});

const Personalization = z.object({
  to: z
    .array(Address)
    .min(
      1,
      "The to array is required for all personalization objects, and must have at least one email object with a valid email address.",
    )
    .max(1000),
  cc: z.array(Address).optional(),
  bcc: z.array(Address).optional(),
  subject: z.string().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  substitutions: z.record(z.string(), z.string()).optional(),
  dynamic_template_data: z.record(z.string(), z.unknown()).optional(),
  custom_args: z.record(z.string(), z.string()).optional(),
  send_at: z.int().optional(),
});

const Content = z.object({
  type: z.string().min(1, "The content type must be at least one character in length."),
  value: z.string().min(1, "The content value must be a string at least one character in length."),
});

const Attachment = z.object({
  content: z
    .base64("The attachment content must be base64 encoded.")
    .min(1, "The attachment content is required."),
  filename: z.string().min(1, "The filename is required."),
  type: z.string().optional(),
  disposition: z.enum(["inline", "attachment"]).optional(),
  content_id: z.string().optional(),
});

/** `POST /v3/mail/send`, as far as a sender of ours could use it. */
export const MailSend = z
  .object({
    personalizations: z
      .array(
        Personalization,
        "The personalizations field is required and must have at least one personalization.",
      )
      .min(1, "The personalizations field is required and must have at least one personalization.")
      .max(1000),
    from: Address,
    reply_to: Address.optional(),
    subject: z.string().optional(),
    content: z.array(Content).optional(),
    attachments: z.array(Attachment).optional(),
    template_id: z.string().optional(),
    headers: z.record(z.string(), z.string()).optional(),
    categories: z.array(z.string().max(255)).max(10).optional(),
    custom_args: z.record(z.string(), z.string()).optional(),
    send_at: z.int().optional(),
    batch_id: z.string().optional(),
    asm: z.object({ group_id: z.int(), groups_to_display: z.array(z.int()).optional() }).optional(),
    ip_pool_name: z.string().optional(),
    mail_settings: z
      .looseObject({ sandbox_mode: z.object({ enable: z.boolean().optional() }).optional() })
      .optional(),
    tracking_settings: z.looseObject({}).optional(),
  })
  .superRefine((mail, issues) => {
    const wrong = (message: string, ...path: (string | number)[]) =>
      issues.addIssue({ code: "custom", message, path });
    if (!mail.template_id) {
      if (!mail.content?.length)
        wrong(
          "Unless a valid template_id is provided, the content parameter is required. There must be at least one defined content block.",
          "content",
        );
      if (!mail.subject && mail.personalizations.some(({ subject }) => !subject)) {
        wrong(
          "The subject is required. You can get around this requirement if you use a template with a subject defined or if every personalization has a subject defined.",
          "subject",
        );
      }
    }
    const rank = (type: string) => (type === "text/plain" ? 0 : type === "text/html" ? 1 : 2);
    const ranks = (mail.content ?? []).map(({ type }) => rank(type));
    if (ranks.some((value, i) => i > 0 && value < ranks[i - 1]!)) {
      wrong(
        "If present, text/plain and text/html may only be provided once and must be the first and second content blocks.",
        "content",
      );
    }
    for (const [i, { to, cc, bcc }] of mail.personalizations.entries()) {
      const emails = [...to, ...(cc ?? []), ...(bcc ?? [])].map(({ email }) => email.toLowerCase());
      if (new Set(emails).size < emails.length) {
        wrong(
          "Each email address in the personalization block should be unique between to, cc, and bcc.",
          "personalizations",
          i,
        );
      }
    }
    const reserved = [
      "x-sg-id",
      "x-sg-eid",
      "received",
      "dkim-signature",
      "content-type",
      "content-transfer-encoding",
      "to",
      "from",
      "subject",
      "reply-to",
      "cc",
      "bcc",
    ];
    for (const name of Object.keys(mail.headers ?? {})) {
      if (reserved.includes(name.toLowerCase())) wrong(`The header ${name} is reserved.`, "headers");
    }
    if (mail.send_at !== undefined && mail.send_at * 1000 > Date.now() + 72 * 3_600_000) {
      wrong("Scheduling more than 72 hours in advance is forbidden.", "send_at");
    }
  });
export type MailSend = z.output<typeof MailSend>;
