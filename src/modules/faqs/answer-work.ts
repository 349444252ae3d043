import type { Work } from "../../core/outbox.ts";

/** Has those told who wait for an answer to a FAQ, and the tasks about it completed. `because` names the answer. */
export function answerWork(faqId: string, because: string): Work {
  return {
    topic: "projections",
    key: `faq:${faqId}`,
    payload: { kind: "faq_answered", faq_id: faqId },
    dedupeKey: `faq_answered:${faqId}:${because}`,
  };
}
