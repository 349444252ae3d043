import { describe, expect, it } from "vitest";
import { pageAddress, readSettings, readSide } from "./settings.ts";

describe("readSettings", () => {
  it("takes the API's origin from the script's own address", () => {
    const dataset = { embedKey: "pk_1", position: "bottom-left", color: "#123456", open: "", locale: "es" };
    expect(readSettings({ src: "https://api.example.com/widget.js?v=2", dataset }, "en")).toEqual({
      origin: "https://api.example.com",
      embedKey: "pk_1",
      side: "left",
      colour: "#123456",
      open: true,
      locale: "es",
    });
  });

  it("leaves everything unsaid to the property and the page", () => {
    const read = readSettings({ src: "https://a.example/widget.js", dataset: { embedKey: "pk_1" } }, "fr-CA");
    expect(read).toMatchObject({ side: null, colour: null, open: null, locale: "fr-CA" });
  });

  it.each([
    ["no embed key", { src: "https://a.example/widget.js", dataset: {} }],
    ["no address", { src: "", dataset: { embedKey: "pk_1" } }],
  ])("refuses a tag with %s", (_why, tag) => {
    expect(readSettings(tag, "en")).toBeNull();
  });
});

it("understands both spellings of a position and nothing else", () => {
  expect(["bottom_left", "bottom-right", "middle", null].map(readSide)).toEqual([
    "left",
    "right",
    null,
    null,
  ]);
});

it("sends campaign marks but no other query and no fragment", () => {
  expect(pageAddress("https://maple.example/homes?token=secret&utm_source=ad#top")).toBe(
    "https://maple.example/homes?utm_source=ad",
  );
});
