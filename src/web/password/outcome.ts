/** What to show after an answer: words, and which form comes next. */
export type Outcome = { text: string; next: "choose" | "ask" | "none" };

type Problem = { field?: string; message?: string };

/** What came of choosing a password, from the answer's status and body; 0 stands for no answer. */
export function outcomeOfChoice(status: number, body: unknown): Outcome {
  if (status === 200)
    return {
      text: "Your password is set. You are signed out everywhere: sign in with the new one.",
      next: "none",
    };
  if (status === 401)
    return { text: "This link has been used or has expired. Ask for another one.", next: "ask" };
  if (status === 422) return { text: complaintIn(body), next: "choose" };
  return { text: laterText(status), next: "choose" };
}

/** What came of asking for a link. The answer is the same whether there is such an account or not. */
export function outcomeOfAsking(status: number): Outcome {
  if (status === 200)
    return { text: "If there is an account with this address, a link is on its way to it.", next: "none" };
  if (status === 422) return { text: "That is no e-mail address.", next: "ask" };
  return { text: laterText(status), next: "ask" };
}

function laterText(status: number): string {
  if (status === 429) return "That was tried too often. Come back in a quarter of an hour.";
  return status === 0
    ? "No answer came. Are you online?"
    : "Something went wrong on our side. Try again later.";
}

/** The API's own words on the password; anything else wrong can only be the link. */
function complaintIn(body: unknown): string {
  const { error } = (body ?? {}) as { error?: { details?: unknown } };
  const problems = Array.isArray(error?.details) ? (error.details as Problem[]) : [];
  const own = problems.find(({ field }) => field === "password");
  return own?.message
    ? `The password ${own.message}.`
    : "This link is not whole. Open it from the mail again.";
}
