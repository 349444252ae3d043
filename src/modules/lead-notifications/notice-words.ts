export type NoticeWords = { title: string; body: string; count: number; place: string | null };

/** Two segments of the plain alphabet. */
const longestSms = 300;

/** "A visitor has written (3)" */
export function subjectWords({ title, count }: Pick<NoticeWords, "title" | "count">): string {
  return count > 1 ? `${title} (${count})` : title;
}

/** "Maple Court: New tour. Robin Field, tomorrow at ten", cut where a text message would get long. */
export function smsWords(words: NoticeWords): string {
  const subject = subjectWords(words);
  const said = words.body === words.title ? subject : `${subject}. ${words.body}`;
  const whole = (words.place ? `${words.place}: ${said}` : said).replaceAll(/\s+/g, " ").trim();
  return whole.length > longestSms ? `${whole.slice(0, longestSms - 1).trimEnd()}…` : whole;
}
