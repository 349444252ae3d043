import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apiAt, listAll } from "../../src/cli/demo/api.ts";
import { agrees, compare } from "../../src/cli/demo/compare.ts";
import { readDialogues } from "../../src/cli/demo/dialogues.ts";
import { playVisitor, type Property } from "../../src/cli/demo/visitor.ts";
import { startStack, type Stack } from "../support/stack.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

const home = () => stack.demo.companies[0]!;

describe("the main job", () => {
  it("ends with equal counts on both sides though ResMan dies in the middle of it", async () => {
    const property = home().properties[0]!;
    const staff = await stack.staff("admin@maple.test");
    const clock = { company_id: home().id, now: "2019-03-01T09:00:00-06:00" };
    await apiAt(stack.origin).post("/api/test/clock", clock);
    const dialogues = readDialogues("test/data/sgd-homes-visits.jsonl", 9);
    const play = (from: number, to: number) =>
      Promise.all(
        dialogues
          .slice(from, to)
          .map((dialogue, n) => playVisitor(stack.origin, property, dialogue, from + n)),
      );
    const before = await play(0, 3);
    await stack.killSandbox();
    const during = await play(3, 6);
    await stack.reviveSandbox();
    const after = await play(6, 9);
    const sweeps = setInterval(() => void stack.tick(), 2000);
    const report = await compare(stack.sandboxOrigin, staff, property, [...before, ...during, ...after]);
    clearInterval(sweeps);
    await apiAt(stack.origin).post("/api/test/clock", { ...clock, now: null });
    expect(report).toMatchObject({
      leads: 9,
      tours_booked: 9,
      resman_prospects: 9,
      resman_appointments: 9,
      messages_lost: 0,
      messages_repeated: 0,
    });
    expect(agrees(report)).toBe(true);
  }, 240_000);

  it("gives one place to exactly one of a hundred who want it at once, and the others alternatives", async () => {
    const property = home().properties[1]!;
    const staff = await stack.staff("admin@maple.test");
    const slot = await firstFreeSlot(property);
    const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => book(property, slot, n)));
    const statuses = answers.map((answer) => answer.status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(99);
    for (const { body } of answers.filter((answer) => answer.status === 409))
      expect(body.error).toMatchObject({
        code: "TOUR_UNAVAILABLE",
        details: { alternatives: expect.arrayContaining([expect.anything()]) },
      });
    const tours = await listAll<{ tour_datetime: string }>(staff, `/api/tours?property_id=${property.id}`);
    expect(tours.filter((tour) => Date.parse(tour.tour_datetime) === Date.parse(slot))).toHaveLength(1);
  });

  it("rings a manager's socket for a booking and mails the prospect an invitation", async () => {
    const property = home().properties[0]!;
    const staff = await stack.staff("manager@maple.test");
    const { manager_id } = await staff.get<{ manager_id: string }>("/api/auth/verify");
    const { url } = await staff.post<{ url: string }>("/api/ws/tickets", { manager_id });
    const rung = nextBooking(url);
    const email = `ring-${crypto.randomUUID().slice(0, 8)}@visitors.test`;
    const booked = await book(property, await firstFreeSlot(property), 1, email);
    expect(booked.status).toBe(201);
    expect(await rung).toMatchObject({ type: "notification" });
    await expect
      .poll(
        async () => {
          const mails = await apiAt(stack.origin).get<{ attachments: { filename: string }[] }[]>(
            `/api/test/outbox?to=${encodeURIComponent(email)}`,
          );
          return mails.map((mail) => mail.attachments[0]?.filename);
        },
        { timeout: 20_000 },
      )
      .toEqual(["tour.ics"]);
  });
});

type Booked = { status: number; body: { error?: { code: string; details: unknown } } };

async function aVisitor(property: Property) {
  const { token } = await apiAt(stack.origin).post<{ token: string }>(
    `/api/users/browser/${crypto.randomUUID()}/session`,
    { embed_key: property.embed_key },
  );
  const api = apiAt(stack.origin, token);
  const { id } = await api.post<{ id: string }>("/api/conversations", { property_id: property.id });
  return { token, api, conversationId: id };
}

async function book(
  property: Property,
  startsAt: string,
  n: number,
  email = `n${n}@visitors.test`,
): Promise<Booked> {
  const { token, conversationId } = await aVisitor(property);
  const wish = { starts_at: startsAt, prospect_name: `Visitor Number${n}`, prospect_email: email };
  const answer = await fetch(`${stack.origin}/api/conversations/${conversationId}/book-tour`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(wish),
  });
  return { status: answer.status, body: (await answer.json()) as Booked["body"] };
}

async function firstFreeSlot(property: Property): Promise<string> {
  const { api } = await aVisitor(property);
  const { available_slots } = await api.get<{ available_slots: { starts_at: string }[] }>(
    `/api/tours/availability/${property.id}`,
  );
  return available_slots[0]!.starts_at;
}

function nextBooking(url: string): Promise<unknown> {
  const socket = new WebSocket(url);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("the manager's socket stayed silent")), 20_000);
    socket.addEventListener("message", ({ data }) => {
      const frame = JSON.parse(String(data)) as {
        type: string;
        notification?: { notification_type?: string };
      };
      if (!JSON.stringify(frame).includes("tour_booked")) return;
      clearTimeout(timer);
      socket.close();
      resolve(frame);
    });
  });
}
