/** Red, green and blue, 0 to 255. */
type Rgb = readonly [number, number, number];

export type Theme = { accent: string; onAccent: string; accentOnLight: string; accentOnDark: string };

const fallback: Rgb = [31, 94, 82];
const white: Rgb = [255, 255, 255];
const black: Rgb = [0, 0, 0];
const lightSurface: Rgb = [242, 244, 243];
const darkSurface: Rgb = [42, 47, 46];

/** Colours of a theme, each readable (contrast of at least 4.5, WCAG AA) on what it lies on. */
export function themeOf(colour: string | null | undefined): Theme {
  const accent = parse(colour ?? "") ?? fallback;
  // Of white and black one always reaches 4.58, whatever the accent.
  const onAccent = contrast(accent, white) >= 4.5 ? white : black;
  return {
    accent: hex(accent),
    onAccent: hex(onAccent),
    accentOnLight: hex(readable(accent, lightSurface, black)),
    accentOnDark: hex(readable(accent, darkSurface, white)),
  };
}

/** WCAG contrast ratio of two `#rrggbb` colours, 1 to 21. */
export function contrastOf(a: string, b: string): number {
  return contrast(parse(a) ?? black, parse(b) ?? black);
}

function readable(colour: Rgb, surface: Rgb, towards: Rgb): Rgb {
  for (let share = 0; share < 1; share += 0.05) {
    const mixed = colour.map((part, i) => Math.round(part + ((towards[i] ?? 0) - part) * share));
    const candidate: Rgb = [mixed[0] ?? 0, mixed[1] ?? 0, mixed[2] ?? 0];
    if (contrast(candidate, surface) >= 4.5) return candidate;
  }
  return towards;
}

function contrast(a: Rgb, b: Rgb): number {
  const [low, high] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05);
}

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}

function parse(colour: string): Rgb | null {
  const digits = /^#([\da-f]{3}|[\da-f]{6})$/i.exec(colour.trim())?.[1];
  if (digits === undefined) return null;
  const wide = digits.length === 3 ? digits.replaceAll(/./g, "$&$&") : digits;
  const value = Number.parseInt(wide, 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

function hex(colour: Rgb): string {
  return `#${colour.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}
