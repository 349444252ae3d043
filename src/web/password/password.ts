import { type Outcome, outcomeOfAsking, outcomeOfChoice } from "./outcome.ts";

const token = location.hash.slice(1);
// Out of sight of whoever looks at the address bar or goes back to it.
history.replaceState(null, "", location.pathname);

// A link that is opened where the page already stands loads nothing by itself.
addEventListener("hashchange", () => location.reload());

const forms = { choose: element("choose"), ask: element("ask") };
const [password, again, email] = ["password", "again", "email"].map(element) as [
  HTMLInputElement,
  HTMLInputElement,
  HTMLInputElement,
];

show({
  text: token === "" ? "Links to this page come by mail. Ask for one." : "",
  next: token === "" ? "ask" : "choose",
});

for (const field of [password, again])
  field.addEventListener("input", () => {
    again.setCustomValidity(password.value === again.value ? "" : "The two are not the same");
  });

forms.choose.addEventListener("submit", (event) => {
  event.preventDefault();
  void send("/api/auth/reset-password", { token, password: password.value }, outcomeOfChoice);
});

forms.ask.addEventListener("submit", (event) => {
  event.preventDefault();
  void send("/api/auth/forgot-password", { email: email.value }, outcomeOfAsking);
});

async function send(path: string, body: object, read: (status: number, answer: unknown) => Outcome) {
  setBusy(true);
  try {
    const headers = { "Content-Type": "application/json" };
    const response = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
    show(read(response.status, await response.json().catch(() => null)));
  } catch {
    show(read(0, null));
  } finally {
    setBusy(false);
  }
}

function show({ text, next }: Outcome): void {
  element("outcome").textContent = text;
  forms.choose.hidden = next !== "choose";
  forms.ask.hidden = next !== "ask";
  if (next === "choose") password.focus();
  if (next === "ask") email.focus();
}

function setBusy(busy: boolean): void {
  for (const button of document.querySelectorAll("button")) button.disabled = busy;
}

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no ${id}`);
  return found;
}
