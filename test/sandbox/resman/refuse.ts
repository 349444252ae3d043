/** ResMan says no: HTTP 200 with this text inside. */
export class Refusal extends Error {}

/** The one refusal whose wording is known from integrators' code; every other text is ours. */
export const unknownSource = "Transaction Source could not be found";
