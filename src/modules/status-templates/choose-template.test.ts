import { describe, expect, it } from "vitest";
import { getNotificationPriority, getNotificationTemplate, type StatusTemplate } from "./choose-template.ts";

const words = (old_status: string | null, new_status: string | null): StatusTemplate => ({
  old_status,
  new_status,
  title: `${old_status ?? "any"} to ${new_status ?? "any"}`,
  body: "x",
});

const all = [words(null, null), words("new", null), words(null, "qualified"), words("new", "qualified")];

const chosen = (own: StatusTemplate[], oldStatus: string | null, newStatus: string) =>
  getNotificationTemplate(own, { oldStatus, newStatus, reason: null }).title;

describe("getNotificationTemplate", () => {
  it("prefers both statuses to the new one, that to the old one, and that to any", () => {
    expect(chosen(all, "new", "qualified")).toBe("new to qualified");
    expect(chosen(all, "contacted", "qualified")).toBe("any to qualified");
    expect(chosen(all, "new", "lost")).toBe("new to any");
    expect(chosen(all, "contacted", "lost")).toBe("any to any");
  });

  it("takes a lead's first status as coming from nowhere", () => {
    expect(chosen(all, null, "new")).toBe("any to any");
    expect(chosen(all, null, "qualified")).toBe("any to qualified");
  });

  it("has words where a property has none, the reason first", () => {
    const change = { oldStatus: "new", newStatus: "lost" };
    expect(getNotificationTemplate([], { ...change, reason: null }).body).toContain("{{new_status}}");
    expect(getNotificationTemplate([], { ...change, reason: "Rent" }).body).toBe("{{status_reason}}");
    expect(getNotificationTemplate(all, { ...change, reason: "Rent" }).title).toBe("new to any");
  });
});

describe("getNotificationPriority", () => {
  it("is high where somebody waits for us", () => {
    expect(
      ["new", "application", "qualified", "lost", "audition"].map((s) => getNotificationPriority(s)),
    ).toEqual(["high", "high", "normal", "low", "normal"]);
  });

  it("is high for whatever was said to be urgent", () => {
    expect(getNotificationPriority("lost", "high")).toBe("high");
    expect(getNotificationPriority("lost", "low")).toBe("low");
  });
});
