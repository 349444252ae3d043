const longestQuestion = 160;

/** What a visitor reads who was told that a person would answer. */
export function promisedWords(question: string, answer: string): string {
  const asked = question.length > longestQuestion ? `${question.slice(0, longestQuestion - 1)}…` : question;
  return `About your question "${asked}": ${answer}`;
}
