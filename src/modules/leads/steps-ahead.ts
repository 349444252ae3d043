export type Step = "new" | "contacted" | "qualified";

/** The steps a lead takes from `status` on its own, in order; null is before the first. */
export function stepsAhead(
  status: string | null,
  facts: { has_name: boolean; has_contact: boolean; isAnswered: boolean },
): Step[] {
  const way: Step[] = ["new"];
  if (facts.isAnswered) way.push("contacted");
  if (facts.has_name && facts.has_contact) way.push("qualified");
  if (status === null) return way;
  const later: Record<string, Step[]> = { new: ["contacted", "qualified"], contacted: ["qualified"] };
  return way.filter((step) => later[status]?.includes(step));
}
