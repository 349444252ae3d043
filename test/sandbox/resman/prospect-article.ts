import { html } from "hono/html";
import { appointmentsOf, localTime } from "./control.ts";
import type { Extent, Preferences, Prospect } from "./prospects.ts";
import type { Property } from "./seed.ts";

/** One prospect on the page: its people, wishes, appointments and everything that was logged. */
export function prospectArticle(prospect: Prospect, property: Property) {
  const names = namesOf(property);
  const appointments = appointmentsOf(prospect, property.timeZone);
  const [main] = prospect.people;
  return html`<article class="${main?.type ?? ""}">
    <h4>${main?.first_name} ${main?.last_name} <span class="type">${main?.type}</span></h4>
    <dl>
      ${prospect.people.map(
        (person) =>
          html`<dt>
              ${person === main ? "Contact" : `${person.first_name} ${person.last_name} (${person.type})`}
            </dt>
            <dd>
              ${[person.email, ...person.phones.map(({ number }) => number)].filter(Boolean).join(", ") || "none"}
            </dd>`,
      )}
      ${wishes(prospect.preferences).map(
        ([name, value]) =>
          html`<dt>${name}</dt>
            <dd>${value}</dd>`,
      )}
      ${appointments.map(
        (appointment) =>
          html`<dt>Appointment${appointment.is_cancelled ? " (cancelled)" : ""}</dt>
            <dd>
              <strong>${appointment.local_time}</strong> in ${property.timeZone},
              <time datetime="${appointment.event_date}">${utc(appointment.event_date)}</time>
            </dd>`,
      )}
      <dt>Changed</dt>
      <dd><time datetime="${prospect.last_update_date}">${utc(prospect.last_update_date)}</time></dd>
      <dt>Id</dt>
      <dd><code>${prospect.id}</code></dd>
    </dl>
    <details id="events-${prospect.id}">
      <summary>${prospect.events.length} events</summary>
      <ol>
        ${prospect.events.map(
          (event) =>
            html`<li>
              <strong>${event.event_type}</strong>
              <time datetime="${event.event_date}">${utc(event.event_date)}</time>,
              ${localTime(event.event_date, property.timeZone)}
              there${event.first_contact ? ", first contact" : ""}${[
                names.get(event.agent_id ?? ""),
                names.get(event.transaction_source ?? ""),
                event.event_reasons,
              ]
                .filter(Boolean)
                .map((text) => `, ${text}`)
                .join("")}
              ${event.comments ? html`<p>${event.comments}</p>` : ""}
            </li>`,
        )}
      </ol>
    </details>
  </article>`;
}

function namesOf({ employees, sources, lostReasons }: Property): Map<string, string> {
  return new Map([...employees, ...sources, ...lostReasons].map(({ id, name }) => [id, name]));
}

function wishes(wish: Preferences): [string, string][] {
  const rows: [string, string | null][] = [
    ["Move-in", wish.target_move_in_date],
    ["Rent", extent(wish.desired_rent)],
    ["Bedrooms", extent(wish.desired_bedrooms)],
    ["Bathrooms", extent(wish.desired_bathrooms)],
    ["Floor plan", wish.desired_floorplan],
    ["Unit", wish.desired_units.join(", ") || null],
    ["Lease", wish.desired_lease_terms && `${wish.desired_lease_terms} months`],
    ["Occupants", wish.number_of_occupants],
    [
      "Pets",
      wish.pets
        .map((pet) => `${pet.count} ${pet.type}${pet.description ? ` (${pet.description})` : ""}`)
        .join(", ") || null,
    ],
    ["Comments", wish.comments.join(" | ") || null],
  ];
  return rows.flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
}

function extent(range: Extent | null): string | null {
  if (range === null) return null;
  return range.exact ?? [range.min ?? "any", range.max ?? "any"].join(" to ");
}

function utc(at: string): string {
  return `${at.slice(0, 16).replace("T", " ")} UTC`;
}
