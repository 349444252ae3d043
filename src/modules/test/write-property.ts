import { Temporal } from "temporal-polyfill";
import type { Db } from "../../db/client.ts";
import { faqs, tasks } from "../../db/schema/knowledge.ts";
import { properties, propertyOrigins, units } from "../../db/schema/properties.ts";
import { demoId } from "./demo/demo-id.ts";
import { demoFaqs } from "./demo/faqs.ts";
import { demoHours, type DemoProperty } from "./demo/properties.ts";

/** The rows of a property, its homes and what is known about it. */
export function propertyRows(db: Db, companyId: string, property: DemoProperty) {
  const id = demoId(property.key);
  const { key, company: _company, themeColor, site, plans: _plans, units: _units, ...fields } = property;
  return [
    db.insert(properties).values({
      id,
      companyId,
      ...fields,
      websiteUrl: site,
      propertyType: "apartment",
      officeHours: demoHours,
      allowedOrigins: [site],
      chatbotId: demoId(`chatbot of ${key}`),
      embedKey: `pk_demo_${key.replaceAll("-", "_")}`,
      chatbotThemeColor: themeColor,
      ...stamps(),
    }),
    db.insert(propertyOrigins).values({ origin: site, propertyId: id, companyId }),
    ...unitRows(db, companyId, property),
    ...faqRows(db, companyId, key),
  ];
}

function unitRows(db: Db, companyId: string, { key, plans, units: homes, timeZone }: DemoProperty) {
  const today = Temporal.Now.plainDateISO(timeZone);
  return homes.flatMap(({ number, plan, rent, ready, onNotice }) => {
    const floorPlan = plans[plan];
    if (!floorPlan) return [];
    return db.insert(units).values({
      id: demoId(`${key} ${number}`),
      companyId,
      propertyId: demoId(key),
      unitNumber: number,
      floorPlan: plan,
      ...floorPlan,
      rent,
      depositAmount: 500,
      availableOn: today.add({ days: ready }).toString(),
      status: onNotice ? "on_notice" : "available",
      ...stamps(),
    });
  });
}

/** What nobody has answered yet is a task too. */
function faqRows(db: Db, companyId: string, property: string) {
  const propertyId = demoId(property);
  return (demoFaqs[property] ?? []).flatMap(([category, question, answer]) => {
    const faqId = demoId(`${property} ${question}`);
    const status = answer === null ? ("pending" as const) : ("answered" as const);
    const answeredAt = answer === null ? null : new Date();
    const shared = { companyId, propertyId, question, answer, ...stamps() };
    const faq = db
      .insert(faqs)
      .values({ ...shared, id: faqId, category, status, answeredAt, sourceType: "manual" });
    if (answer !== null) return [faq];
    return [
      faq,
      db.insert(tasks).values({ ...shared, id: demoId(`task ${faqId}`), faqId, status: "pending" }),
    ];
  });
}

function stamps() {
  const now = new Date();
  return { createdAt: now, updatedAt: now };
}
