import { describe, expect, it } from "vitest";
import { interpolate, interpolateHtml, unknownVariables, variables, type Words } from "./interpolate.ts";

const nothing = Object.fromEntries(variables.map((name) => [name, ""])) as Words;
const words: Words = { ...nothing, lead_name: "Nora Field", old_status: "New", new_status: "Qualified" };

describe("a template", () => {
  it("says what its variables stand for, however they are spaced", () => {
    expect(interpolate("{{lead_name}}: {{ old_status }} to {{new_status}}", words)).toBe(
      "Nora Field: New to Qualified",
    );
  });

  it("leaves nothing where nothing is known", () => {
    expect(interpolate("{{lead_name}} {{lead_phone}}", words)).toBe("Nora Field");
  });

  it("of nothing but what is not known names the lead and the status", () => {
    expect(interpolate("{{assigned_to}} {{lead_phone}}", words)).toBe("Nora Field: Qualified");
    expect(interpolateHtml("{{status_reason}}", words)).toBe("<p>Nora Field: Qualified</p>");
  });

  it("does not read what a variable stands for as a template", () => {
    expect(interpolate("{{lead_name}}", { ...words, lead_name: "{{new_status}}" })).toBe("{{new_status}}");
  });

  it("in HTML makes no markup of anybody's words, nor of its own", () => {
    const evil = { ...words, lead_name: `<img src=x onerror="alert('1')">` };
    expect(interpolateHtml("<b>Hi</b> {{lead_name}}\n\nBye & thanks\nMaple", evil)).toBe(
      "<p>&lt;b&gt;Hi&lt;/b&gt; &lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;</p>\n<p>Bye &amp; thanks<br>Maple</p>",
    );
  });
});

describe("unknownVariables", () => {
  it("finds nothing wrong with those that exist", () => {
    expect(unknownVariables(variables.map((name) => `{{${name}}}`).join(" "))).toEqual([]);
    expect(unknownVariables("plain words, a { and a }")).toEqual([]);
  });

  it("names each unknown one once", () => {
    expect(unknownVariables("{{rent}} {{ rent }} {{lead.name}} {{}} {{constructor}}")).toEqual([
      "rent",
      "lead.name",
      "",
      "constructor",
    ]);
  });

  it("finds braces that were left open", () => {
    expect(unknownVariables("{{lead_name} and {{ two words }}")).toEqual(["{{", "}}"]);
  });
});
