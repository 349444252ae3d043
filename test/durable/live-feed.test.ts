import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { liveFeed } from "../../src/durable/stubs.ts";
import { type Api, as } from "../support/api.ts";
import { pathOf } from "../support/chat.ts";
import { aCompany, aManager, anAccount, anAssignment } from "../support/factories.ts";
import { openSocket } from "../support/socket.ts";

async function aWatcher() {
  const company = await aCompany();
  const { managerId } = company.agent;
  const feed = liveFeed(env, company.id, "manager", managerId);
  const agent = as(company.agent);
  const watch = async (after = 0) => {
    const { body } = await agent.post("/api/ws/tickets", { manager_id: managerId });
    return openSocket(agent, `${pathOf(body.data.url)}&after=${after}`);
  };
  return { company, feed, agent, watch };
}

/** A manager of the other property, who shares it with the company's manager. */
async function aColleague() {
  const company = await aCompany();
  const person = await aManager(company.company);
  await anAssignment(company.otherProperty, person);
  const api = as(await anAccount(company.company, "manager", { managerId: person.id }));
  return { company, api };
}

const statusesFor = (api: Api, managerId: string) =>
  Promise.all([
    api.post("/api/ws/tickets", { manager_id: managerId }),
    api.get(`/api/lead-notifications/unread/${managerId}`),
    api.get(`/api/lead-notifications/preferences/${managerId}`),
    api.get(`/api/property-managers/${managerId}/notifications`),
  ]).then((answers) => answers.map(({ status }) => status));

describe("watching a colleague's notifications", () => {
  it("is allowed, and refused, as reading and counting them is", async () => {
    const { company, api } = await aColleague();
    expect(await statusesFor(api, company.manager.managerId)).toEqual([201, 200, 200, 200]);
    expect(await statusesFor(api, company.agent.managerId)).toEqual([404, 404, 404, 404]);
    expect(await statusesFor(as(company.agent), company.manager.managerId)).toEqual([403, 403, 403, 403]);
    expect(await statusesFor(as(company.agent), company.agent.managerId)).toEqual([201, 200, 200, 200]);
    const stranger = as((await aCompany()).manager);
    expect(await statusesFor(stranger, company.manager.managerId)).toEqual([404, 404, 404, 404]);
  });

  it("tells what lies at one's own properties and nothing else, live and replayed", async () => {
    const { company, api } = await aColleague();
    const { managerId } = company.manager;
    const feed = liveFeed(env, company.id, "manager", managerId);
    const there = { property_id: company.property.id, title: "There", unread_count: 1 };
    const here = { property_id: company.otherProperty.id, title: "Here", unread_count: 2 };
    const open = async () => {
      const { body } = await api.post("/api/ws/tickets", { manager_id: managerId });
      return openSocket(api, pathOf(body.data.url));
    };
    const early = await open();
    await early.next("ready");
    await feed.publish("notification", "n-1", there);
    await feed.tellUnread(1);
    await feed.publish("notification", "n-2", here);
    const late = await open();
    await late.next("ready");
    const { unread_count: _all, ...shared } = here;
    for (const socket of [early, late]) {
      expect(await socket.next()).toEqual({ type: "notification", seq: 2, notification: shared });
      expect(socket.waiting()).toEqual([]);
    }
  });
});

describe("a manager's notification socket", () => {
  it("rings once for a happening, however often it is published", async () => {
    const { feed, watch } = await aWatcher();
    const socket = await watch();
    await feed.publish("notification", "n-1", { title: "New tour" });
    await feed.publish("notification", "n-1", { title: "New tour" });
    await feed.publish("notification", "n-2", { title: "Another" });
    await socket.next("ready");
    expect(await socket.next("notification")).toEqual({
      type: "notification",
      seq: 1,
      notification: { title: "New tour" },
    });
    expect(await socket.next("notification")).toMatchObject({ notification: { title: "Another" } });
  });

  it("replays what was missed and says when the buffer begins later", async () => {
    const { feed, watch } = await aWatcher();
    for (let n = 1; n <= 205; n += 1) await feed.publish("notification", `n-${n}`, { n });
    const recent = await watch(203);
    expect(await recent.next("ready")).toMatchObject({ last_seq: 205, missed: false });
    expect(await recent.next("notification")).toMatchObject({ seq: 204 });
    const old = await watch(2);
    expect(await old.next("ready")).toMatchObject({ missed: true });
    expect(await old.next("notification")).toMatchObject({ seq: 6 });
  });

  it("goes on ringing after the object was evicted", async () => {
    const { feed, watch } = await aWatcher();
    const socket = await watch();
    await socket.next("ready");
    await evictDurableObject(feed, { webSockets: "hibernate" });
    await feed.publish("notification", "n-1", { title: "Still here" });
    expect(await socket.next("notification")).toMatchObject({ notification: { title: "Still here" } });
  });

  it("opens for oneself and for those who manage notifications, for nobody else", async () => {
    const { company } = await aWatcher();
    const wish = { manager_id: company.agent.managerId };
    expect((await as(company.manager).post("/api/ws/tickets", wish)).status).toBe(201);
    expect((await as(company.viewer).post("/api/ws/tickets", wish)).status).toBe(403);
    expect((await as((await aCompany()).admin).post("/api/ws/tickets", wish)).status).toBe(404);
    expect((await as(company.admin).post("/api/ws/tickets", {})).status).toBe(422);
  });
});

describe("a property's live events", () => {
  it("reach those who may see the property", async () => {
    const { company } = await aWatcher();
    const agent = as(company.agent);
    const { body } = await agent.post("/api/ws/tickets", { property_id: company.property.id });
    const socket = await openSocket(agent, pathOf(body.data.url));
    await liveFeed(env, company.id, "property", company.property.id).publish("analytics", "e-1", {
      name: "tour",
    });
    expect(await socket.next("analytics")).toMatchObject({ seq: 1, event: { name: "tour" } });
    const elsewhere = { property_id: company.otherProperty.id };
    expect((await agent.post("/api/ws/tickets", elsewhere)).status).toBe(404);
  });
});
