import { invalidFields } from "../../core/errors.ts";
import { passwordProblem } from "../../core/passwords.ts";

/** Throws 422 for a password that nobody should have; `field` is where it travelled. */
export function requireGoodPassword(field: string, password: string): void {
  const problem = passwordProblem(password);
  if (problem) throw invalidFields([{ field, message: problem }]);
}
