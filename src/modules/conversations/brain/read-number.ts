const WORDS: Record<string, number> = {
  zero: 0,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
  single: 1,
  double: 2,
  couple: 2,
};

/** Source of a pattern for a small count, in digits or in words. */
export const COUNT = String.raw`(?:\d{1,2}(?:\.5)?|zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|single|double)`;

/** The number that digits or a number word stand for; undefined for anything else. */
export function readNumber(text: string): number | undefined {
  const word = text.trim().toLowerCase();
  if (/^\d[\d,]*(?:\.\d+)?$/.test(word)) return Number(word.replaceAll(",", ""));
  return WORDS[word];
}
