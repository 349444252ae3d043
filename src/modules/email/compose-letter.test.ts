import { describe, expect, it } from "vitest";
import { compileLetter, excerptOf, type Letter, textAsHtml, Unfillable } from "./compose-letter.ts";

const letter: Letter = {
  subject: "A home for {{ name }}",
  content: "Hi {{ name }},\nsee **{{ place }}**: {{ url }}\n\nBest,\nAnna",
  contentType: "markdown",
};
const values = { name: "Nora", place: "Maple Court", url: "https://maple.test/a_b_c?x=1&y=2" };

const bodyOf = (html: string) => /<body[^>]*>([\s\S]*)<\/body>/.exec(html)?.[1]?.trim() ?? "";

describe("a letter in Markdown", () => {
  it("is its own text, and becomes HTML with links and line breaks", () => {
    const { subject, text, html } = compileLetter(letter)(values);
    expect(subject).toBe("A home for Nora");
    expect(text).toBe("Hi Nora,\nsee **Maple Court**: https://maple.test/a_b_c?x=1&y=2\n\nBest,\nAnna");
    expect(bodyOf(html)).toBe(
      [
        "<p>Hi Nora,<br>",
        'see <strong>Maple Court</strong>: <a href="https://maple.test/a_b_c?x=1&amp;y=2">https://maple.test/a_b_c?x=1&amp;y=2</a></p>',
        "<p>Best,<br>",
        "Anna</p>",
      ].join("\n"),
    );
  });

  it.each([
    ["<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"],
    ["[x](javascript:alert(1))", "[x](javascript:alert(1))"],
    ["**bold** _and_ `code`", "**bold** _and_ `code`"],
    ["![x](https://evil.test/x.png)", "![x](https://evil.test/x.png)"],
    ['https://evil.test/"><b>', "https://evil.test/&quot;&gt;&lt;b&gt;"],
  ])("shows a value as it was written: %s", (name, shown) => {
    const { html, text } = compileLetter({ ...letter, content: "Hi {{ name }}!" })({ ...values, name });
    expect(bodyOf(html)).toBe(`<p>Hi ${shown}!</p>`);
    expect(text).toBe(`Hi ${name}!`);
  });

  it("takes no HTML", () => {
    const { html } = compileLetter({ ...letter, content: "<b onclick=x>hi</b>" })(values);
    expect(bodyOf(html)).toBe("<p>&lt;b onclick=x&gt;hi&lt;/b&gt;</p>");
  });
});

describe("a letter in HTML", () => {
  const compose = (content: string, more = {}) =>
    compileLetter({ ...letter, content, contentType: "html" })({ ...values, ...more });

  it("keeps its looks and gets a text part", () => {
    const { html, text } = compose(
      '<h1>Hi {{ name }}</h1><table style="width:100%"><tr><td>See <a href="{{ url }}">it</a></td></tr></table>',
    );
    expect(bodyOf(html)).toContain('<table style="width:100%">');
    expect(bodyOf(html)).toContain('<a href="https://maple.test/a_b_c?x=1&amp;y=2">it</a>');
    expect(text).toContain("Hi Nora");
    expect(text).toContain("it [https://maple.test/a_b_c?x=1&y=2]");
  });

  it("loses all that acts", () => {
    const { html } = compose(
      '<p onclick="x()">a<script>b</script><a href="javascript:c">d</a><iframe src="e"></iframe><form><input></form></p>',
    );
    expect(bodyOf(html)).toBe("<p>a<a>d</a></p><p></p>");
  });

  it("escapes values, in attributes too", () => {
    const { html } = compose('<p title="{{ name }}">{{ name }} <a href="{{ url }}">x</a></p>', {
      name: `"><script>alert('1')</script>`,
      url: "javascript:alert(1)",
    });
    expect(html).not.toContain("<script>");
    expect(html).not.toContain("javascript:");
    expect(bodyOf(html)).toContain("&lt;script&gt;");
  });
});

describe("a letter that comes to nothing", () => {
  it.each([
    [{ subject: "{{ first_name }}", content: "Hi" }, "Filled in, the letter has no subject"],
    [{ subject: "Hi", content: " {{ first_name }} " }, "Filled in, the letter says nothing"],
    [
      { subject: "Hi", content: "<p></p><script>x</script>", contentType: "html" as const },
      "Filled in, the letter says nothing",
    ],
  ])("is not made: %j", (letter, why) => {
    const write = compileLetter({ contentType: "markdown", ...letter });
    expect(() => write({ first_name: null })).toThrow(new Unfillable(why));
  });
});

it("a letter that is a picture alone has its subject for text", () => {
  const picture = {
    subject: "Open house",
    content: '<img src="https://maple.test/a.png">',
    contentType: "html" as const,
  };
  expect(compileLetter(picture)({})).toMatchObject({
    text: "Open house",
    html: expect.stringContaining("<img"),
  });
});

describe("every letter", () => {
  it("has a subject of one line", () => {
    const { subject } = compileLetter({ ...letter, subject: "Hi\n{{ name }}\r\nBcc: x@example.test" })({
      ...values,
      name: "Nora\r\nCc: y@example.test",
    });
    expect(subject).toBe("Hi Nora Cc: y@example.test Bcc: x@example.test");
  });

  it("of a campaign says why it came, from where, and how to hear no more", () => {
    const { text, html } = compileLetter(letter)(values, {
      reason: "You asked Maple Court & Co about a home.",
      postalAddress: "100 Main Street, Chicago, IL 60601",
      unsubscribeUrl: "https://api.domiq.test/api/email/unsubscribe/token",
    });
    expect(text).toContain("Unsubscribe: https://api.domiq.test/api/email/unsubscribe/token");
    expect(text).toContain("100 Main Street, Chicago, IL 60601");
    expect(html).toContain('<a href="https://api.domiq.test/api/email/unsubscribe/token">Unsubscribe</a>');
    expect(html).toContain("Maple Court &amp; Co");
  });
});

it("a mail written as text gets the same words in HTML, and nothing more", () => {
  const text = "1. <b>Hi</b> *you*\nSee https://maple.test/a_b_c?x=1&y=2\n\n    # Anna";
  expect(bodyOf(textAsHtml(text))).toBe(
    '<p>1. &lt;b&gt;Hi&lt;/b&gt; *you*<br>\nSee <a href="https://maple.test/a_b_c?x=1&amp;y=2">https://maple.test/a_b_c?x=1&amp;y=2</a></p>\n<p># Anna</p>',
  );
});

it("a subject that its values make too long for a header is cut between signs", () => {
  const write = compileLetter({ subject: "{{ name }}", content: "Hi", contentType: "markdown" });
  expect(write({ name: `${"a".repeat(198)}🏠🏠` }).subject).toBe(`${"a".repeat(198)}…`);
  expect(write({ name: "a".repeat(200) }).subject).toBe("a".repeat(200));
});

it("a letter of elements without end within each other is one still", () => {
  const deep = { subject: "Hi", content: `${"<div>".repeat(19_000)}Hi`, contentType: "html" as const };
  expect(compileLetter(deep)({}).text).toBe("Hi");
  expect(excerptOf(deep)).toBe("");
});

describe("excerptOf", () => {
  it("is the beginning of what is read", () => {
    expect(excerptOf({ content: "Hi\n\nthere", contentType: "markdown" })).toBe("Hi there");
    expect(excerptOf({ content: "<style>p{}</style><p>Hi <b>there</b></p>", contentType: "html" })).toBe(
      "Hi there",
    );
    expect(excerptOf({ content: "word ".repeat(60), contentType: "markdown" })).toHaveLength(140);
  });
});
