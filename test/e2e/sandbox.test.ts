import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestHarness } from "wrangler";
import { mapleCourt, partner } from "../sandbox/resman/seed.ts";

const sandbox = createTestHarness({ workers: [{ configPath: "test/sandbox/wrangler.toml" }] });
let origin = "";

beforeAll(async () => {
  origin = (await sandbox.listen()).url.origin;
});
afterAll(() => sandbox.close());

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${origin}${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

const get = async <Answer>(path: string) => (await (await fetch(`${origin}${path}`)).json()) as Answer;

/** A prospect posted straight to the wire of a ResMan at `base`. */
function postProspect(base: string, firstName: string) {
  const xml = `<LeadManagement><Prospects><Prospect><Customers><Customer Type="prospect">
    <Name><FirstName>${firstName}</FirstName><LastName>Vandersloot</LastName></Name></Customer></Customers>
    <Events><Event EventType="WalkIn" EventDate="2026-11-20T16:05:00Z"><Agent><AgentID IDValue="${mapleCourt.employees[0]!.id}"/></Agent>
    <FirstContact>True</FirstContact><Comments>&lt;script&gt;alert(1)&lt;/script&gt;</Comments>
    <TransactionSource>${mapleCourt.sources[0]!.id}</TransactionSource></Event></Events></Prospect></Prospects></LeadManagement>`;
  return fetch(`${base}/resman/MITS/PostLeadManagement4_0`, {
    method: "POST",
    body: new URLSearchParams({
      IntegrationPartnerID: partner.id,
      APIKey: partner.apiKey,
      AccountID: mapleCourt.accountId,
      PropertyID: mapleCourt.propertyId,
      Xml: xml,
    }),
  });
}

describe("control", () => {
  it("is healthy and lists what it stands in for", async () => {
    expect(await get("/__sandbox/health")).toMatchObject({ status: "ok" });
  });

  it("notes calls without their credentials", async () => {
    await postProspect(origin, "Noted");
    await post("/sendgrid/v3/mail/send", {}, { Authorization: "Bearer SG.very-secret" });
    const { calls } = await get<{
      calls: { path: string; status: number; fields: Record<string, string> }[];
    }>("/__sandbox/calls");
    expect(calls.find(({ fields }) => fields?.Xml?.includes("Noted"))).toMatchObject({
      service: "resman",
      method: "POST",
      path: "/resman/MITS/PostLeadManagement4_0",
      status: 200,
      fields: { APIKey: "***", PropertyID: mapleCourt.propertyId },
    });
    expect(JSON.stringify(calls)).not.toMatch(/dev-resman-key|very-secret/);
    const { calls: mails } = await get<{ calls: { service: string }[] }>("/__sandbox/calls?service=sendgrid");
    expect(new Set(mails.map(({ service }) => service))).toEqual(new Set(["sendgrid"]));
  });

  it.each([
    [{ service: "nobody", mode: "drop_after" }, "service"],
    [{ service: "resman", mode: "explode" }, "mode"],
    [{ service: "resman", mode: "latency" }, "value"],
    [{ service: "resman", mode: "status", value: 200 }, "value"],
    [{ service: "resman", mode: "drop_before", times: 0 }, "times"],
    [{ service: "resman", mode: "drop_before", colour: "red" }, ""],
  ])("refuses the fault %j and names the field", async (fault, field) => {
    const response = await post("/__sandbox/faults", fault);
    expect(response.status).toBe(422);
    const answer = (await response.json()) as { error: string; details: { field: string }[] };
    expect(answer.details[0]?.field).toBe(field);
    expect(answer.error).not.toBe("");
  });

  it("answers 400 to what is no JSON", async () => {
    expect((await post("/__sandbox/faults", "{")).status).toBe(400);
  });

  it("breaks a path as often as it was told, slows another, and forgets on command", async () => {
    await post("/__sandbox/faults", {
      service: "sink",
      path: "/twice",
      mode: "status",
      value: 507,
      times: 2,
    });
    await post("/__sandbox/faults", { service: "sink", path: "/slow", mode: "latency", value: 150 });
    const statuses = [];
    for (let i = 0; i < 3; i += 1) statuses.push((await post("/sink/twice", {})).status);
    expect(statuses).toEqual([507, 507, 200]);
    const started = Date.now();
    expect((await post("/sink/slow", {})).status).toBe(200);
    expect(Date.now() - started).toBeGreaterThanOrEqual(150);
    expect(await (await fetch(`${origin}/__sandbox/faults`, { method: "DELETE" })).json()).toEqual({
      deleted: 2,
    });
    expect(await get("/__sandbox/faults")).toEqual({ faults: [] });
  });

  it("refuses an edit it does not understand, and knows no strangers", async () => {
    const { prospects } = await get<{ prospects: { id: string }[] }>("/__sandbox/resman/prospects");
    const path = `${origin}/__sandbox/resman/prospects`;
    const edit = { method: "PATCH", body: JSON.stringify({ emial: "x" }) };
    expect((await fetch(`${path}/${prospects[0]!.id}`, edit)).status).toBe(422);
    expect((await fetch(`${path}/nobody`, edit)).status).toBe(404);
    expect((await fetch(`${path}/nobody`)).status).toBe(404);
  });
});

describe("SendGrid", () => {
  const mail = {
    personalizations: [{ to: [{ email: "noor@example.test" }], subject: "Your tour" }],
    from: { email: "leasing@maple.example" },
    content: [
      { type: "text/plain", value: "See you <soon>" },
      { type: "text/html", value: "<p>See you</p>" },
    ],
    attachments: [{ content: "QkVHSU4=", filename: "tour.ics", type: "text/calendar" }],
  };
  const send = (body: unknown, key = "SG.key") =>
    post("/sendgrid/v3/mail/send", body, { Authorization: `Bearer ${key}` });

  it("takes a mail with 202, an empty body and an id", async () => {
    const response = await send(mail);
    expect(response.status).toBe(202);
    expect(await response.text()).toBe("");
    const id = response.headers.get("X-Message-Id");
    const { mails } = await get<{ mails: object[] }>("/__sandbox/sendgrid/mails?to=NOOR@example.test");
    expect(mails).toMatchObject([{ id, mail: { from: { email: "leasing@maple.example" } } }]);
  });

  it.each([
    ["no recipient", { ...mail, personalizations: [] }, "personalizations"],
    ["a bad address", { ...mail, from: { email: "leasing" } }, "from.email"],
    ["no content", { ...mail, content: [] }, "content"],
    ["no subject", { ...mail, personalizations: [{ to: [{ email: "a@b.test" }] }] }, "subject"],
    ["HTML before text", { ...mail, content: mail.content.toReversed() }, "content"],
    [
      "an attachment that is not base64",
      { ...mail, attachments: [{ content: "no!", filename: "x" }] },
      "attachments.0.content",
    ],
    [
      "somebody twice",
      { ...mail, personalizations: [{ to: [{ email: "a@b.test" }, { email: "A@b.test" }], subject: "s" }] },
      "personalizations.0",
    ],
  ])("refuses a mail with %s", async (_name, body, field) => {
    const response = await send(body);
    expect(response.status).toBe(400);
    expect(((await response.json()) as { errors: { field: string }[] }).errors[0]?.field).toBe(field);
  });

  it("wants a key", async () => {
    expect((await post("/sendgrid/v3/mail/send", mail)).status).toBe(401);
  });
});

it("the sink keeps what came to the letter, signature and all", async () => {
  const body = `{"api_key":"kept",  "b": "ü"}`;
  await post("/sink/hooks/1?x=y", body, { "webhook-signature": "v1,abc=" });
  const { requests } = await get<{ requests: object[] }>("/__sandbox/sink?path=/hooks/1");
  expect(requests).toMatchObject([
    { method: "POST", path: "/sink/hooks/1?x=y", body, headers: { "webhook-signature": "v1,abc=" } },
  ]);
});

it("the page shows what is held, with nothing of it taken for markup, and loads from nowhere else", async () => {
  await postProspect(origin, "Pagewise");
  const response = await fetch(`${origin}/`);
  const page = await response.text();
  expect(page).toContain("Pagewise Vandersloot");
  expect(page).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
  expect(page).not.toContain("<script>alert(1)");
  expect(page).toMatch(/10:05 AM\s+there/);
  expect(page).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  expect(response.headers.get("Content-Security-Policy")).toContain("default-src 'none'");
  for (const asset of ["page.css", "page.js", "icon.svg"]) {
    expect((await fetch(`${origin}/__assets/${asset}`)).status).toBe(200);
  }
});

it("a reset leaves only what was there at first", async () => {
  await postProspect(origin, "Forgotten");
  await post("/__sandbox/reset", {});
  expect(await get("/__sandbox/resman/prospects")).toEqual({ prospects: [] });
  expect(await get("/__sandbox/calls")).toEqual({ calls: [] });
  expect((await postProspect(origin, "Again")).status).toBe(200);
});

describe("a sandbox in a process of its own", () => {
  const state = mkdtempSync(join(tmpdir(), "sandbox-"));
  afterAll(() => rmSync(state, { recursive: true, force: true }));

  it("comes back with its data after it was killed", async () => {
    const first = await start(state);
    await postProspect(first.origin, "Surviving");
    await first.kill();
    await expect(fetch(`${first.origin}/__sandbox/health`)).rejects.toThrow();
    const second = await start(state);
    const answer = await (await fetch(`${second.origin}/__sandbox/resman/prospects`)).json();
    expect(answer).toMatchObject({
      prospects: [{ first_name: "Surviving", property_id: mapleCourt.propertyId }],
    });
    await second.kill();
  });
});

async function start(state: string) {
  const port = await freePort();
  const args = [
    "dev",
    "-c",
    "test/sandbox/wrangler.toml",
    "--port",
    `${port}`,
    "--inspector-port",
    "0",
    "--persist-to",
    state,
  ];
  const child = spawn("node_modules/.bin/wrangler", args, {
    stdio: "ignore",
    // A group of its own, so that the runtime below it dies with it.
    detached: true,
    env: { ...process.env, CI: "1", WRANGLER_SEND_METRICS: "false", CLOUDFLARE_CF_FETCH_ENABLED: "false" },
  });
  const origin = `http://127.0.0.1:${port}`;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  await until(async () => (await fetch(`${origin}/__sandbox/health`)).ok);
  return {
    origin,
    kill: async () => {
      process.kill(-child.pid!, "SIGKILL");
      await ended;
    },
  };
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await isTrue().catch(() => false))) {
    if (Date.now() > deadline) throw new Error("the sandbox did not start");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
