import { ApiFailure } from "./api.ts";
import {
  contactFields,
  filledDetails,
  missingDetails,
  problemsOf,
  type ContactDetails,
  type ContactField,
  type ContactProblems,
} from "./contact-details.ts";
import { element, setAttribute } from "./element.ts";
import type { Words } from "./words.ts";

type Row = { box: HTMLElement; input: HTMLInputElement; problem: HTMLElement };

const inputs: Record<ContactField, { type: string; autocomplete: string }> = {
  first_name: { type: "text", autocomplete: "given-name" },
  last_name: { type: "text", autocomplete: "family-name" },
  email: { type: "email", autocomplete: "email" },
  phone: { type: "tel", autocomplete: "tel" },
};

/** The form inside a message. `submit` throws what the server refuses; its complaints appear at the fields. */
export function contactForm(
  id: string,
  words: Words,
  known: Partial<ContactDetails>,
  submit: (details: Partial<ContactDetails>) => Promise<void>,
): HTMLFormElement {
  const rows = Object.fromEntries(
    contactFields.map((field) => [field, formRow(`${id}-${field}`, field, words, known[field] ?? "")]),
  ) as Record<ContactField, Row>;
  const failure = element("p", { class: "problem", role: "alert" });
  const send = element("button", { type: "submit", class: "primary" }, words.submit);
  const boxes = contactFields.map((field) => rows[field].box);
  const form = element(
    "form",
    { class: "form", novalidate: true, "aria-label": words.form },
    ...boxes,
    failure,
    send,
  );

  async function onSubmit() {
    if (send.disabled) return;
    const details = readDetails(rows);
    failure.textContent = "";
    if (showProblems(rows, missingDetails(details, words))) return;
    send.disabled = true;
    try {
      await submit(filledDetails(details));
    } catch (error) {
      const problems = error instanceof ApiFailure ? problemsOf(error.details) : null;
      if (!problems || !showProblems(rows, problems)) failure.textContent = failureText(error, words);
    } finally {
      send.disabled = false;
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void onSubmit();
  });
  return form;
}

function formRow(id: string, field: ContactField, words: Words, value: string): Row {
  const { type, autocomplete } = inputs[field];
  const input = element("input", { id, type, autocomplete, name: field, maxlength: "200" });
  input.value = value;
  const problem = element("p", { id: `${id}-problem`, class: "problem" });
  const box = element(
    "div",
    { class: "field" },
    element("label", { for: id }, words.fields[field]),
    input,
    problem,
  );
  return { box, input, problem };
}

function readDetails(rows: Record<ContactField, Row>): ContactDetails {
  return {
    first_name: rows.first_name.input.value,
    last_name: rows.last_name.input.value,
    email: rows.email.input.value,
    phone: rows.phone.input.value,
  };
}

/** Shows each complaint at its field and moves to the first; false when there is none. */
function showProblems(rows: Record<ContactField, Row>, problems: ContactProblems): boolean {
  for (const field of contactFields) {
    const { input, problem } = rows[field];
    const complaint = problems[field];
    problem.textContent = complaint ?? "";
    setAttribute(input, "aria-invalid", complaint ? "true" : null);
    setAttribute(input, "aria-describedby", complaint ? problem.id : null);
  }
  const first = contactFields.find((field) => problems[field]);
  if (first) rows[first].input.focus();
  return first !== undefined;
}

function failureText(error: unknown, words: Words): string {
  if (!(error instanceof ApiFailure)) return words.failed;
  if (error.status === 429) return words.limited(Math.ceil(error.retryAfterMs / 1000));
  return error.status === 422 ? error.message : words.failed;
}
