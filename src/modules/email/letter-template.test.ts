import { describe, expect, it } from "vitest";
import { compileTemplate, readTemplate } from "./letter-template.ts";

const fill = (source: string, values = {}) =>
  compileTemplate(source, "plain")({ name: "Nora", offer: null, ...values });

describe("readTemplate", () => {
  it("names each variable once, also those of conditions and filters", () => {
    expect(
      readTemplate(
        "{{ a }} {{ a | default: b }} {% if c %}{{ d }}{% endif %} {% comment %}{{ e }}{% endcomment %}",
      ),
    ).toEqual({ variables: ["a", "b", "c", "d"] });
  });

  it.each([
    ["{{ a", /not closed/],
    ["{% if a %}x", /not closed/],
    ["{{ a | nonsense }}", /undefined filter: nonsense/],
    ["{{ a | raw }}", /undefined filter: raw/],
    ["{% include 'secrets' %}", /tag "include" not found/],
    ["{% render 'secrets' %}", /tag "render" not found/],
    ["{% layout 'secrets' %}", /tag "layout" not found/],
    ["{% for i in (1..1000000000) %}x{% endfor %}", /tag "for" not found/],
    ["{% assign a = 1 %}", /tag "assign" not found/],
  ])("refuses %s", (source, problem) => {
    expect(readTemplate(source)).toEqual({ problem: expect.stringMatching(problem) as string });
  });
});

describe("compileTemplate", () => {
  it("fills variables, defaults and conditions", () => {
    expect(fill("Hi {{ name }}, {{ offer | default: 'welcome' }}{% if offer %}!{% else %}.{% endif %}")).toBe(
      "Hi Nora, welcome.",
    );
  });

  it("never fills a value's own braces", () => {
    expect(fill("Hi {{ name }}", { name: "{{ offer }}{% include 'x' %}" })).toBe(
      "Hi {{ offer }}{% include 'x' %}",
    );
  });

  it("keeps a value within its line", () => {
    expect(fill("Hi {{ name }}", { name: "Nora\r\nBcc: all@example.test\u2028x" })).toBe(
      "Hi Nora Bcc: all@example.test x",
    );
  });

  it("throws for a variable nobody gave", () => {
    expect(() => fill("{{ stranger }}")).toThrow(/undefined variable: stranger/);
  });

  it("reaches into no value", () => {
    expect(readTemplate("{{ name.constructor }}")).toEqual({ variables: ["name.constructor"] });
    expect(() => fill("{{ name.constructor }}")).toThrow(/undefined variable: name.constructor/);
  });
});
