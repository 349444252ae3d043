import { Hono } from "hono";
import { html } from "hono/html";
import { type Call, listCalls } from "./calls.ts";
import { type FaultRow, isSpent, listFaults } from "./faults.ts";
import { listProperties } from "./resman/properties.ts";
import { prospectArticle } from "./resman/prospect-article.ts";
import { listProspects } from "./resman/prospects.ts";
import { listMails, type SentMail } from "./sendgrid/mails.ts";

const shownProspects = 100;

/** A page to look at: what ResMan holds, which mails left, who called, what is broken on purpose. */
export function pageRoutes(sql: SqlStorage): Hono {
  const routes = new Hono();
  routes.get("/", (c) => {
    c.header(
      "Content-Security-Policy",
      "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    );
    c.header("X-Content-Type-Options", "nosniff");
    c.header("Cache-Control", "no-store");
    return c.html(page(sql));
  });
  return routes;
}

function page(sql: SqlStorage) {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Vendor sandbox</title>
        <link rel="icon" href="/__assets/icon.svg" />
        <link rel="stylesheet" href="/__assets/page.css" />
        <script src="/__assets/page.js" type="module"></script>
      </head>
      <body>
        <header>
          <h1>Vendor sandbox</h1>
          <p>What the stand-ins for ResMan and SendGrid hold. Nothing here leaves this machine.</p>
          <label hidden><input type="checkbox" id="refresh" checked /> Refresh every 3 seconds</label>
        </header>
        <main id="content">
          ${faultsSection(listFaults(sql))} ${prospectsSection(sql)} ${mailsSection(listMails(sql))}
          ${callsSection(listCalls(sql, { limit: 40 }).toReversed())}
        </main>
      </body>
    </html>`;
}

function faultsSection(faults: FaultRow[]) {
  const active = faults.filter((fault) => !isSpent(fault));
  if (active.length === 0)
    return html`<section>
      <h2>Faults</h2>
      <p>None: every vendor works.</p>
    </section>`;
  return html`<section class="trouble">
    <h2>Faults</h2>
    <ul>
      ${active.map(
        (fault) =>
          html`<li>
            <strong>${fault.service}</strong> ${fault.path ?? "every path"}:
            ${fault.mode}${"value" in fault ? ` ${fault.value}` : ""},
            ${fault.times === undefined ? "until deleted" : `${fault.times - fault.used} more`} (${fault.used}
            so far)
          </li>`,
      )}
    </ul>
  </section>`;
}

function prospectsSection(sql: SqlStorage) {
  return html`<section>
    <h2>ResMan prospects</h2>
    ${listProperties(sql).map((property) => {
      const prospects = listProspects(sql, property.propertyId);
      return html`<h3>
          ${property.name}
          <small>account ${property.accountId}, ${property.timeZone}, ${prospects.length} prospects</small>
        </h3>
        ${prospects.length === 0 ? html`<p>No prospects yet.</p>` : ""}
        ${prospects.slice(0, shownProspects).map((prospect) => prospectArticle(prospect, property))}`;
    })}
  </section>`;
}

function mailsSection(mails: SentMail[]) {
  return html`<section>
    <h2>Mails sent <small>${mails.length}</small></h2>
    ${mails.length === 0 ? html`<p>None yet.</p>` : ""}
    ${mails
      .slice(-30)
      .toReversed()
      .map(
        ({ at, to, mail }) =>
          html`<details id="mail-${at}-${to.join()}">
            <summary>
              <time datetime="${at}">${clock(at)}</time> to ${to.join(", ")}:
              <strong>${mail.subject ?? mail.personalizations[0]?.subject ?? "(template)"}</strong>
            </summary>
            <pre>${mail.content?.[0]?.value ?? ""}</pre>
            ${
              mail.attachments?.length
                ? html`<p>Attached: ${mail.attachments.map(({ filename }) => filename).join(", ")}</p>`
                : ""
            }
          </details>`,
      )}
  </section>`;
}

function callsSection(calls: Call[]) {
  return html`<section>
    <h2>Latest calls</h2>
    <table>
      <thead>
        <tr>
          <th scope="col">Time (UTC)</th>
          <th scope="col">Call</th>
          <th scope="col">Answer</th>
          <th scope="col">Took</th>
        </tr>
      </thead>
      <tbody>
        ${calls.map(
          (call) =>
            html`<tr class="${call.fault || call.status === null || call.status >= 400 ? "trouble" : ""}">
              <td><time datetime="${call.at}">${clock(call.at)}</time></td>
              <td>${call.method} ${call.path}</td>
              <td>${call.status ?? "none"}${call.fault ? ` (${call.fault})` : ""}</td>
              <td>${call.duration_ms} ms</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}

function clock(at: string): string {
  return at.slice(11, 19);
}
