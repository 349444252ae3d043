import { type Context, Hono } from "hono";
import type { Vendor } from "../vendor.ts";
import { type Fields, GatewayFailure, methods, runMethod } from "./methods.ts";
import { Refusal } from "./refuse.ts";
import { partner } from "./seed.ts";
import { toXml } from "./write-xml.ts";

/** v1 "Web Services": form POSTs, MITS methods in XML and the others in JSON, failures as HTTP 200. */
export const resman: Vendor = {
  name: "resman",
  routes: (sql) => {
    const routes = new Hono();
    routes.post("/:interface/:method", async (c) => {
      const { interface: group, method: name } = c.req.param();
      const method = methods[`${group}/${name}`.toLowerCase()];
      if (!method) return c.text("The resource cannot be found.", 404);
      const fields = await formOf(c);
      try {
        checkCredentials(fields);
        return answer(c, method.format, name, fields, { Status: "Success" }, runMethod(sql, method, fields));
      } catch (error) {
        if (error instanceof GatewayFailure) return c.text(error.message, 502);
        if (error instanceof Refusal) return refusal(c, method.format, name, fields, error.message);
        throw error;
      }
    });
    return routes;
  },
  errorBody: (c, message) => {
    const [group, name] = new URL(c.req.url).pathname.split("/").slice(-2);
    const format = methods[`${group}/${name}`.toLowerCase()]?.format ?? "xml";
    return refusal(c, format, name ?? "", new Map(), message);
  },
};

async function formOf(c: Context): Promise<Fields> {
  if (!c.req.header("Content-Type")?.startsWith("application/x-www-form-urlencoded")) return new Map();
  const form = new URLSearchParams(await c.req.text());
  return new Map([...form].map(([name, value]) => [name.toLowerCase(), value]));
}

function checkCredentials(fields: Fields): void {
  const isKnown =
    fields.get("integrationpartnerid") === partner.id && fields.get("apikey") === partner.apiKey;
  if (!isKnown) throw new Refusal("Integration partner could not be authenticated");
}

function refusal(c: Context, format: "xml" | "json", name: string, fields: Fields, text: string): Response {
  const Status = format === "xml" ? "Error" : "Failed";
  return answer(c, format, name, fields, { Status, ErrorDescription: text }, null);
}

function answer(
  c: Context,
  format: "xml" | "json",
  MethodName: string,
  fields: Fields,
  outcome: { Status: string; ErrorDescription?: string },
  result: object | null,
): Response {
  const scope = { AccountID: fields.get("accountid"), PropertyID: fields.get("propertyid") };
  if (format === "json") {
    const AccountID = /^\d+$/.test(scope.AccountID ?? "") ? Number(scope.AccountID) : null;
    const PropertyID = scope.PropertyID ?? null;
    return c.json({ ...result, MethodName, ErrorDescription: null, ...outcome, AccountID, PropertyID });
  }
  const envelope = { MethodName, ...outcome, ...scope, ...(result ? { Response: result } : {}) };
  return c.body(toXml({ ResMan: envelope }), 200, { "Content-Type": "application/xml; charset=utf-8" });
}
