import { htmlToText } from "html-to-text";
import MarkdownIt from "markdown-it";
import sanitizeHtml from "sanitize-html";
import { LiquidError } from "liquidjs";
import { compileTemplate, escapeHtml, type Values } from "./letter-template.ts";

export const letterTypes = ["markdown", "html"] as const;
export type LetterType = (typeof letterTypes)[number];

export type Letter = { subject: string; content: string; contentType: LetterType };

/** Both parts of a mail, and its subject in one line. */
export type Composed = { subject: string; text: string; html: string };

/** What stands below every mail of a campaign. */
export type Footer = { reason: string; postalAddress: string; unsubscribeUrl: string };

/** A letter that somebody's values make nothing to send of; the message says why. */
export class Unfillable extends Error {}

const markdown = new MarkdownIt({ html: false, linkify: true, breaks: true });

/**
 * A letter ready to be filled for many people; throws Unfillable where it cannot be. Markdown is its own text part; of
 * HTML the text is drawn.
 */
export function compileLetter(letter: Letter): (values: Values, footer?: Footer) => Composed {
  const subject = compileTemplate(letter.subject, "plain");
  const body = letter.contentType === "html" ? compileHtml(letter.content) : compileMarkdown(letter.content);
  return (values, footer) => {
    const { subject: line, text, html } = fill(() => ({ subject: subject(values), ...body(values) }));
    return {
      subject: line,
      text: footer ? `${text}\n\n${textFooter(footer)}` : text,
      html: page(footer ? `${html}\n${htmlFooter(footer)}` : html),
    };
  };
}

/** A picture alone has the subject for its text. */
function fill(parts: () => Composed): Composed {
  try {
    const { subject: words, text, html } = parts();
    const subject = words.replaceAll(/\s+/g, " ").trim();
    if (subject === "") throw new Unfillable("Filled in, the letter has no subject");
    if (text === "" && !html.includes("<img")) throw new Unfillable("Filled in, the letter says nothing");
    return { subject: cut(subject), text: text || subject, html };
  } catch (error) {
    if (error instanceof LiquidError) throw new Unfillable(`The letter cannot be filled: ${error.message}`);
    throw error;
  }
}

/** Values may be long; a header is not. */
const longestSubject = 200;

function cut(subject: string): string {
  if (subject.length <= longestSubject) return subject;
  const kept = subject.slice(0, longestSubject - 1).replace(/[\uD800-\uDBFF]$/, "");
  return `${kept.trimEnd()}…`;
}

type Body = (values: Values) => Omit<Composed, "subject">;

function compileMarkdown(content: string): Body {
  const plain = compileTemplate(content, "plain");
  const marked = compileTemplate(content, "markdown");
  return (values) => ({ text: plain(values).trim(), html: markdown.render(marked(values)).trim() });
}

function compileHtml(content: string): Body {
  const fill = compileTemplate(content, "html");
  return (values) => {
    const html = cleanHtml(fill(values)).trim();
    return { html, text: textOf(html) };
  };
}

const plain = new MarkdownIt("zero", { linkify: true, breaks: true }).enable(["linkify", "newline"]);

/** The HTML part of a mail that was written as text only: the same words, with links and line breaks. */
export function textAsHtml(text: string): string {
  return page(plain.render(text).trim());
}

/** How much of a letter is read for it: a list shows a hundred. */
const excerptReads = 10_000;

/** The beginning of a letter as a list shows it. */
export function excerptOf({ content, contentType }: Pick<Letter, "content" | "contentType">): string {
  const start = content.slice(0, excerptReads);
  const text = contentType === "html" ? textOf(cleanHtml(start)) : start;
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length <= 140 ? line : `${line.slice(0, 139).trimEnd()}…`;
}

function textOf(html: string): string {
  return htmlToText(html, {
    wordwrap: false,
    selectors: [{ selector: "img", format: "skip" }, ...headings.map(plainHeading)],
  }).trim();
}

const headings = ["h1", "h2", "h3", "h4", "h5", "h6"];
const plainHeading = (selector: string) => ({ selector, options: { uppercase: false } });

/** Elements within elements; newsletters of nested tables stay well below. */
const deepest = 100;

const styled = ["style", "class", "align", "valign", "width", "height", "bgcolor", "dir", "lang"];

/** Leaves nothing that acts: mail programs would drop it, and a preview must not run it. */
function cleanHtml(html: string): string {
  return sanitizeHtml(html, {
    allowedTags: [...sanitizeHtml.defaults.allowedTags, "img", "center", "font"],
    allowedAttributes: {
      "*": styled,
      a: ["href", "title"],
      img: ["src", "alt", "title"],
      font: ["color", "face", "size"],
      table: ["border", "cellpadding", "cellspacing", "role"],
      td: ["colspan", "rowspan"],
      th: ["colspan", "rowspan", "scope"],
    },
    allowedSchemes: ["http", "https", "mailto", "tel"],
    allowedSchemesByTag: { img: ["http", "https"] },
    allowProtocolRelative: false,
    // Deeper ones would not fit on the stack of whatever walks them next.
    nestingLimit: deepest,
  });
}

function textFooter({ reason, postalAddress, unsubscribeUrl }: Footer): string {
  return ["-- ", reason, `Unsubscribe: ${unsubscribeUrl}`, postalAddress].join("\n");
}

function htmlFooter({ reason, postalAddress, unsubscribeUrl }: Footer): string {
  const link = `<a href="${escapeHtml(unsubscribeUrl)}">Unsubscribe</a>`;
  const lines = [escapeHtml(reason), link, escapeHtml(postalAddress)];
  return `<p style="margin-top:32px;color:#5f6368;font-size:12px">${lines.join("<br>")}</p>`;
}

function page(body: string): string {
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1"></head>',
    `<body style="font-family:sans-serif;font-size:16px;line-height:1.5">${body}</body></html>`,
  ].join("\n");
}
