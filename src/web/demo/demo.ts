import {
  amenityNames,
  chooseProperty,
  loadDemo,
  type Demo,
  type DemoCompany,
  type DemoProperty,
  type FloorPlan,
} from "./demo-data.ts";
import { planDrawing } from "./plan-drawing.ts";

const dollars = new Intl.NumberFormat("en-US", {
  style: "currency",
  currency: "USD",
  maximumFractionDigits: 0,
});

function show(demo: Demo, company: DemoCompany, property: DemoProperty) {
  document.title = `${property.name} – ${company.name}`;
  const place = [property.city, property.state].filter(Boolean).join(", ");
  const snippet = `<script src="${location.origin}/widget.js" data-embed-key="${property.embed_key}" async></script>`;
  fill({ company: company.name, name: property.name, place, snippet, password: demo.password });
  showPicker(demo, property);
  showPlans(property.floor_plans ?? []);
  const amenities = amenityNames(property.amenities);
  list(
    "#amenities",
    amenities.map((name) => [name]),
  );
  find("#home").hidden = amenities.length === 0;
  list(
    "#logins",
    company.accounts.map(({ email, role }) => [strong(email), ` ${role.replace("_", " ")}`]),
  );
  showFacts(property);
  if (demo.sandbox_url) find<HTMLAnchorElement>("#sandbox").href = demo.sandbox_url;
}

function showPicker(demo: Demo, chosen: DemoProperty) {
  const picker = find<HTMLSelectElement>("#property");
  for (const { name, properties } of demo.companies) {
    const group = document.createElement("optgroup");
    group.label = name;
    group.append(...properties.map((each) => new Option(each.name, each.id, false, each.id === chosen.id)));
    picker.append(group);
  }
  picker.addEventListener("change", () =>
    location.assign(`/demo?property=${encodeURIComponent(picker.value)}`),
  );
}

function showPlans(plans: FloorPlan[]) {
  const free = plans.filter((plan) => plan.available_count > 0).length;
  const note =
    free > 0 ? "Rents are per month and current as of today." : "Ask in the chat for what is free right now.";
  fill({ "plans-note": note });
  list("#plan-list", plans.map(planCard));
}

function planCard(plan: FloorPlan): (Node | string)[] {
  const { name, bedrooms, bathrooms, square_feet, rent_from, available_count } = plan;
  const rooms = bedrooms === 0 ? "Studio" : `${bedrooms} bed`;
  const size = square_feet === null ? "" : ` · ${square_feet.toLocaleString("en-US")} sq ft`;
  const price = make("p", "price", strong(dollars.format(rent_from)), " a month");
  const left = available_count === 0 ? "None free right now" : `${available_count} available`;
  return [
    planDrawing(bedrooms, `Sketch of the ${name} floor plan`),
    make("h3", "", name),
    make("p", "size", `${rooms} · ${bathrooms} bath${size}`),
    price,
    make("p", "left", left),
  ];
}

function showFacts({ address, city, state, phone, time_zone }: DemoProperty) {
  const clock = new Intl.DateTimeFormat("en-US", { timeZone: time_zone, hour: "numeric", minute: "2-digit" });
  const facts = [
    ["Address", [address, city, state].filter(Boolean).join(", ")],
    ["Phone", phone ?? ""],
    ["Local time", `${clock.format(new Date())} (${time_zone})`],
  ];
  for (const [term = "", text = ""] of facts)
    if (text) find("#facts").append(make("dt", "", term), make("dd", "", text));
}

function loadWidget(embedKey: string) {
  const script = document.createElement("script");
  script.src = "/widget.js";
  script.dataset["embedKey"] = embedKey;
  document.body.append(script);
  for (const opener of document.querySelectorAll("[data-open-chat]"))
    opener.addEventListener("click", () => window.DomIQ?.open());
}

function fill(texts: Record<string, string>) {
  for (const [name, text] of Object.entries(texts))
    for (const place of document.querySelectorAll(`[data-fill="${name}"]`)) place.textContent = text;
}

function list(selector: string, entries: (Node | string)[][]) {
  find(selector).replaceChildren(...entries.map((entry) => make("li", "", ...entry)));
}

function make(tag: string, className: string, ...children: (Node | string)[]): HTMLElement {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

function strong(text: string): HTMLElement {
  return make("strong", "", text);
}

function find<Found extends HTMLElement>(selector: string): Found {
  const found = document.querySelector<Found>(selector);
  if (!found) throw new Error(`The page lacks ${selector}`);
  return found;
}

async function start() {
  const demo = await loadDemo();
  const chosen = chooseProperty(demo, new URL(location.href).searchParams.get("property"));
  if (!chosen) throw new Error("The demonstration has no property");
  show(demo, chosen.company, chosen.property);
  loadWidget(chosen.property.embed_key);
}

start().catch((error: unknown) => {
  fill({ "plans-note": error instanceof Error ? error.message : String(error) });
});
