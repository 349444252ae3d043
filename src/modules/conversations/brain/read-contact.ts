import emailAddresses from "email-addresses";
import { findPhoneNumbersInText } from "libphonenumber-js/min";
import type { Slots, Topic } from "./understanding.ts";

type Contact = Pick<Slots, "name" | "first_name" | "last_name" | "email" | "phone">;

const WORD = String.raw`[\p{Lu}][\p{L}'’-]+`;
const ANY_WORD = String.raw`[\p{L}][\p{L}'’-]*`;
const SAID_NAME = new RegExp(
  String.raw`\b(?:my (?:full )?name(?:'?s| is|:)?|name(?:'s| is)?\s*[:=]|the name is|name's|call me|i go by)\s+(${ANY_WORD}(?:\s+(?!and\b|my\b|but\b|from\b|with\b|here\b|email\b|phone\b)${ANY_WORD}){0,2})`,
  "iu",
);
const INTRODUCED = new RegExp(
  String.raw`(?:\b(?:I'm|i am|I am|this is|This is|It's|it's))\s+(${WORD}(?:\s+${WORD}){0,2})(?=\s*(?:[,.!;-]|$|and\b|here\b|from\b|my\b|with\b))`,
  "u",
);
const LABELS =
  /\b(?:it's|its|it is|this is|i'm|i am|sure|ok|okay|yes|hi|hello|thanks|thank you|of course|name|the name is|(?:and )?my (?:name|e-?mail|phone|cell|number|phone number|e-?mail address)(?: is)?|(?:and )?(?:e-?mail|phone|cell|number|tel|call me at|reach me at|here you go))\b[,:]?/giu;
const NOT_NAMES =
  /^(?:looking|interested|moving|not|sorry|good|fine|great|free|available|here|just|still|also|flexible|open|hoping|sure|ok|okay|yes|no|thanks|monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|may|june|july|august|september|october|november|december|tomorrow|today|the|a|an|my|furnished|interested|calling|writing|ready|done|back|new|at|in|on|pm|am|then|actually|what|how|when|where|why|who|about|is|are|do|does|did|can|could|would|will|it|this|that|you|i|me|we|they|one|two|three|no|nope|maybe|later|wait|stop|never|nothing|none|help|please|for|of|to|with|have|need|want|cool|nice|perfect|great|hmm|why|and|or|but|person|human|agent|morning|afternoon|evening|tour|visit|apartment|see|book|cancel|parking|pets?|dogs?|cats?|rent)$/i;

/** The message without its addresses and numbers, so that no other reader takes them for rooms or money. */
export type ContactReading = { contact: Contact; rest: string };

/** Name, e-mail and phone (E.164) said in a message. `country` is that of numbers written without one. */
export function readContact(message: string, asked: Set<Topic>, country: "US" | "CA" = "US"): ContactReading {
  const contact: Contact = {};
  let rest = message;
  for (const candidate of message.match(/[^\s<>,;:()[\]]+@[^\s<>,;:()[\]]+/g) ?? []) {
    const parsed = emailAddresses.parseOneAddress({
      input: candidate.replace(/[.!?'"]+$/, ""),
      rejectTLD: true,
    });
    if (parsed?.type !== "mailbox") continue;
    contact.email ??= parsed.address.toLowerCase();
    rest = rest.replace(candidate, " ");
  }
  for (const found of findPhoneNumbersInText(rest, country).toReversed()) {
    contact.phone = found.number.number;
    rest = `${rest.slice(0, found.startsAt)} ${rest.slice(found.endsAt)}`;
  }
  return { contact: { ...readName(rest, asked, contact), ...contact }, rest };
}

/** A name said outright, or one that is all there is beside an address, a number or the answer to "your name?". */
function readName(text: string, asked: Set<Topic>, contact: Contact): Contact {
  const said = SAID_NAME.exec(text)?.[1] ?? INTRODUCED.exec(text)?.[1];
  if (said !== undefined) return nameParts(said);
  const gaveContact = contact.email !== undefined || contact.phone !== undefined;
  if ((!asked.has("name") && !gaveContact) || /[\d?]/.test(text)) return {};
  const parts = text
    .replace(LABELS, " | ")
    .split(/[^\p{L}\s'’-]/u)
    .map((part) => part.trim())
    .filter((part) => part !== "");
  const word = asked.has("name") && parts.length === 1 ? ANY_WORD : WORD;
  const alone = gaveContact || parts.length === 1 ? parts[0] : undefined;
  return alone !== undefined && new RegExp(`^${word}(?:\\s+${word}){0,2}$`, "u").test(alone)
    ? nameParts(alone)
    : {};
}

function nameParts(said: string): Contact {
  const words = said.trim().split(/\s+/);
  if (words.length === 0 || words.some((word) => NOT_NAMES.test(word))) return {};
  const [first, ...others] = words.map((word) =>
    word === word.toLowerCase() ? word.charAt(0).toUpperCase() + word.slice(1) : word,
  );
  if (first === undefined) return {};
  const last = others.join(" ");
  return last === ""
    ? { name: first, first_name: first }
    : { name: `${first} ${last}`, first_name: first, last_name: last };
}
