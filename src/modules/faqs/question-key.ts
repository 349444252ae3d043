/** The question without case, punctuation and spacing: two with the same key are the same question. */
export function questionKey(question: string): string {
  const words = question
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/['’]/g, "")
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
  return words === "" ? question.trim() : words;
}
