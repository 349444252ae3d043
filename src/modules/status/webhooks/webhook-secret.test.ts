import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { newSecret, secretFrom } from "./webhook-secret.ts";

describe("newSecret", () => {
  it("is 32 random bytes in the form receivers' libraries take", () => {
    const secret = newSecret();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(newSecret()).not.toBe(secret);
    expect(secretFrom(secret)).toBe(secret);
  });
});

describe("secretFrom", () => {
  it("takes a plain text, which signs by its own bytes", () => {
    const secret = secretFrom("webhook-secret-123");
    expect(secret).toBe(`whsec_${btoa("webhook-secret-123")}`);
    const at = new Date();
    expect(new Webhook(secret!).sign("id", at, "body")).toBe(
      new Webhook("webhook-secret-123", { format: "raw" }).sign("id", at, "body"),
    );
  });

  it.each([
    "too short",
    "x".repeat(65),
    "umläute are no bytes",
    "line\nbreaks are not text",
    "whsec_",
    "whsec_not base64 at all!",
    "whsec_c2hvcnQ=",
    `whsec_${btoa("x".repeat(65))}`,
    `whsec_${btoa("x".repeat(25))}=`,
  ])("refuses %j", (given) => {
    expect(secretFrom(given)).toBeNull();
  });
});
