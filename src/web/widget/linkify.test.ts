import { expect, it } from "vitest";
import { linkify } from "./linkify.ts";

const links = (text: string) => linkify(text).flatMap((stretch) => stretch.href ?? []);

it("leaves the sentence's punctuation outside the link", () => {
  expect(linkify("See https://maple.example/tour. Thanks!")).toEqual([
    { text: "See " },
    { text: "https://maple.example/tour", href: "https://maple.example/tour" },
    { text: ". Thanks!" },
  ]);
});

it("keeps brackets that belong to the address and drops those around it", () => {
  expect(links("(https://a.example/x_(y)) and (www.b.example)")).toEqual([
    "https://a.example/x_(y)",
    "https://www.b.example/",
  ]);
});

it("links e-mail addresses", () => {
  expect(links("Write to leasing+tours@maple.example.")).toEqual(["mailto:leasing+tours@maple.example"]);
});

it.each(["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "https://", "no links here", ""])(
  "never links %j",
  (text) => {
    expect(links(text)).toEqual([]);
    expect(
      linkify(text)
        .map((stretch) => stretch.text)
        .join(""),
    ).toBe(text);
  },
);

it("loses no character of the text", () => {
  const text = "a https://x.example, b@c.example; www.d.example/?q=1&r=2\nend";
  expect(
    linkify(text)
      .map((stretch) => stretch.text)
      .join(""),
  ).toBe(text);
});
