import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Api } from "../../src/cli/demo/api.ts";
import { startStack, type Stack } from "../support/stack.ts";

let stack: Stack;
let admin: Api;
let companyId: string;

beforeAll(async () => {
  stack = await startStack();
  const [company] = stack.demo.companies;
  companyId = company!.id;
  admin = await stack.staff(company!.accounts.find(({ role }) => role === "company_admin")!.email);
  await admin.put(`/api/companies/${companyId}/integrations`, { sendgrid_api_key: "SG.example-key-value" });
});
afterAll(() => stack.stop());

type Lead = { id: string; property_id: string; email: string | null };
type Mail = {
  to: string[];
  mail: { subject: string; headers: Record<string, string>; content: { value: string }[] };
};

async function aLead(): Promise<Lead> {
  const leads = await admin.get<Lead[]>("/api/leads?limit=100");
  return leads.find(({ email }) => email !== null)!;
}

async function sandboxMails(subject: string): Promise<Mail[]> {
  const response = await fetch(`${stack.sandboxOrigin}/__sandbox/sendgrid/mails`);
  const { mails } = (await response.json()) as { mails: Mail[] };
  return mails.filter(({ mail }) => mail.subject === subject);
}

function fault(body: object): Promise<Response> {
  return fetch(`${stack.sandboxOrigin}/__sandbox/faults`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ service: "sendgrid", ...body }),
  });
}

describe("mail through real queues", () => {
  it("a letter arrives once though the vendor was down at first", async () => {
    const lead = await aLead();
    const subject = `Unit 204 ${crypto.randomUUID()}`;
    const { id } = await admin.post<{ id: string }>("/api/email/drafts", {
      lead_id: lead.id,
      subject,
      content: "It is **free**.",
    });
    await fault({ mode: "status", value: 503 });
    const asked = await admin.post<{ status: string }>(`/api/email/send/${id}`);
    expect(asked.status).toBe("scheduled");
    await fetch(`${stack.sandboxOrigin}/__sandbox/faults`, { method: "DELETE" });
    await vi.waitFor(
      async () => {
        await stack.tick();
        expect(await admin.get(`/api/email/drafts/${id}`)).toMatchObject({ status: "sent" });
      },
      { timeout: 30_000, interval: 1000 },
    );
    const [mail, ...others] = await sandboxMails(subject);
    expect(others).toEqual([]);
    expect(mail!.mail.content.map(({ value }) => value)).toEqual([
      "It is **free**.",
      expect.stringContaining("<p>It is <strong>free</strong>.</p>"),
    ]);
  });

  it("a campaign reaches everybody once, and whoever presses the button hears no more", async () => {
    const { property_id } = await aLead();
    const letter = { property_id, template_content: "News for {{ first_name }}." };
    const launch = async (subject: string) => {
      const { id } = await admin.post<{ id: string }>("/api/email/campaigns", {
        ...letter,
        subject,
        title: subject,
      });
      await admin.post(`/api/email/campaigns/${id}/send`, {});
      return vi.waitFor(
        async () => {
          await stack.tick();
          const campaign = await admin.get<{ status: string; counts: Record<string, number> }>(
            `/api/email/campaigns/${id}`,
          );
          expect(campaign.status).toBe("sent");
          return campaign.counts;
        },
        { timeout: 30_000, interval: 1000 },
      );
    };
    const first = await launch("First news");
    expect(first["sent"]).toBeGreaterThan(0);
    expect(first["recipients"]).toBe(first["sent"]! + first["suppressed"]! + first["failed"]!);
    const mails = await sandboxMails("First news");
    expect(new Set(mails.map(({ to }) => to[0])).size).toBe(first["sent"]);
    const link = /<(.*)>/.exec(mails[0]!.mail.headers["List-Unsubscribe"]!)![1]!;
    expect(await (await fetch(link)).text()).toContain("<button>Unsubscribe</button>");
    const pressed = await fetch(link, {
      method: "POST",
      body: new URLSearchParams({ "List-Unsubscribe": "One-Click" }),
    });
    expect(pressed.status).toBe(200);
    const second = await launch("Second news");
    expect(second).toMatchObject({ sent: first["sent"]! - 1, suppressed: first["suppressed"]! + 1 });
    expect((await sandboxMails("Second news")).map(({ to }) => to[0])).not.toContain(mails[0]!.to[0]);
  });

  it("a letter on the schedule leaves when the company's clock says so", async () => {
    const lead = await aLead();
    const subject = `Later ${crypto.randomUUID()}`;
    const day = 86_400_000;
    const { id } = await admin.post<{ id: string }>("/api/email/drafts", {
      lead_id: lead.id,
      subject,
      content: "See you soon.",
      scheduled_for: new Date(Date.now() + 30 * day).toISOString(),
    });
    await stack.tick();
    expect(await sandboxMails(subject)).toEqual([]);
    const clock = { company_id: companyId, now: new Date(Date.now() + 31 * day).toISOString() };
    await admin.post("/api/test/clock", clock);
    await stack.tick();
    await vi.waitFor(async () => expect(await sandboxMails(subject)).toHaveLength(1), { timeout: 20_000 });
    expect(await admin.get(`/api/email/drafts/${id}`)).toMatchObject({ status: "sent" });
  });
});
