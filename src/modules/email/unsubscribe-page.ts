import { escapeHtml } from "./letter-template.ts";

/** Asks whether it is meant: programs that follow links press no buttons. */
export function askingPage(address: string): string {
  return page(
    "Unsubscribe",
    `<p>Stop sending offers and news to <strong>${escapeHtml(masked(address))}</strong>?</p>
<p>Answers to your own questions and confirmations of tours will still reach you.</p>
<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click"><button>Unsubscribe</button></form>`,
  );
}

export function donePage(address: string): string {
  return page(
    "You are unsubscribed",
    `<p>We will send no more offers and news to <strong>${escapeHtml(masked(address))}</strong>.</p>`,
  );
}

export function deadPage(): string {
  return page("This link does not work", "<p>It is incomplete, or was not made by us.</p>");
}

/** Enough to be known by its owner, not by whoever was forwarded the mail. */
function masked(address: string): string {
  const [name = "", domain = ""] = address.split("@");
  return `${name.slice(0, 2)}…@${domain}`;
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>
body { max-width: 32rem; margin: 4rem auto; padding: 0 1rem; font: 1.0625rem/1.5 system-ui, sans-serif; color: #1f2328; }
button { padding: 0.625rem 1.25rem; border: 0; border-radius: 0.375rem; background: #1f5fbf; color: #fff; font: inherit; cursor: pointer; }
button:focus-visible { outline: 3px solid #8ab4f8; outline-offset: 2px; }
</style>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`;
}
