import { describe, expect, it } from "vitest";
import { isWelcome, originOf, WebOrigin } from "./origins.ts";

describe("WebOrigin", () => {
  it.each([
    ["https://www.maple.example", "https://www.maple.example"],
    ["https://WWW.Maple.example/", "https://www.maple.example"],
    ["https://maple.example:443", "https://maple.example"],
    ["http://localhost:3000", "http://localhost:3000"],
    ["https://bücher.example", "https://xn--bcher-kva.example"],
  ])("keeps %s as %s", (text, origin) => {
    expect(WebOrigin.parse(text)).toBe(origin);
  });

  it.each([
    "maple.example",
    "*",
    "https://*.maple.example",
    "https://maple.example/homes",
    "https://maple.example/?q",
    "https://user@maple.example",
    "ftp://maple.example",
    "null",
    "",
  ])("refuses %s", (text) => {
    expect(WebOrigin.safeParse(text).success).toBe(false);
  });
});

describe("isWelcome", () => {
  const app = "https://api.domiq.example";

  it("lets in a listed origin, our own pages and callers that are no page", () => {
    expect(isWelcome("https://maple.example", ["https://maple.example"], app)).toBe(true);
    expect(isWelcome(app, [], `${app}/`)).toBe(true);
    expect(isWelcome(null, [], app)).toBe(true);
  });

  it("keeps out everything else, the sandboxed page's null included", () => {
    expect(isWelcome("https://evil.example", ["https://maple.example"], app)).toBe(false);
    expect(isWelcome("https://maple.example.evil.example", ["https://maple.example"], app)).toBe(false);
    expect(isWelcome("null", ["https://maple.example"], app)).toBe(false);
  });
});

describe("originOf", () => {
  it("takes the origin off an address", () => {
    expect(originOf("https://maple.example/homes?beds=2")).toBe("https://maple.example");
    expect(originOf("not an address")).toBeNull();
  });
});
