export type Side = "left" | "right";

/** What the page's script tag says. `null` leaves the choice to the property's own settings. */
export type Settings = {
  /** Where the API lives: the origin the script came from. */
  origin: string;
  embedKey: string;
  side: Side | null;
  colour: string | null;
  open: boolean | null;
  locale: string;
};

type ScriptTag = { src: string; dataset: Readonly<Record<string, string | undefined>> };

/** Reads the script tag; `null` when it carries no embed key or no address. */
export function readSettings(script: ScriptTag, pageLocale: string): Settings | null {
  const { embedKey, position, color, open, locale } = script.dataset;
  if (!embedKey || !URL.canParse(script.src)) return null;
  return {
    origin: new URL(script.src).origin,
    embedKey,
    side: readSide(position),
    colour: color ?? null,
    open: open === undefined ? null : open !== "false",
    locale: locale ?? (pageLocale || "en"),
  };
}

/** Understands `bottom-left`, `bottom_right`, `left` and the like. */
export function readSide(position: string | null | undefined): Side | null {
  if (position?.endsWith("left")) return "left";
  return position?.endsWith("right") ? "right" : null;
}

const tracked = /^(utm_\w+|gclid|fbclid|msclkid)$/;

/** The page's address without what a query may hide (tokens, names); campaign marks stay. */
export function pageAddress(href: string): string {
  const url = new URL(href);
  const marks = [...url.searchParams].filter(([name]) => tracked.test(name));
  url.search = new URLSearchParams(marks).toString();
  return `${url.origin}${url.pathname}${url.search}`.slice(0, 2000);
}
