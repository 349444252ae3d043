import { Archived, iso } from "../../core/fields.ts";
import { doc, ok, okPage, okSecret, valid } from "../../core/http.ts";
import { may, staffRoutes } from "../../core/routers.ts";
import { createApiKey } from "./create-api-key.ts";
import { presentApiKey, presentNewKey } from "./present.ts";
import { getApiKey, listApiKeys } from "./queries.ts";
import { revokeApiKey } from "./revoke-api-key.ts";
import { rotateApiKey } from "./rotate-api-key.ts";
import * as shape from "./schemas.ts";

export const apiKeyRoutes = staffRoutes();

apiKeyRoutes.get(
  "/",
  may("manage_api_keys"),
  doc("List the company's API keys", shape.ApiKey.array()),
  valid("query", shape.ApiKeyQuery),
  async (c) => okPage(c, await listApiKeys(c.var.ctx, c.req.valid("query")), presentApiKey),
);

apiKeyRoutes.post(
  "/",
  may("manage_api_keys"),
  doc("Make an API key; the answer shows it for the only time", shape.ShownApiKey, { status: 201 }),
  valid("json", shape.ApiKeyDraft),
  async (c) => okSecret(c, presentNewKey(await createApiKey(c.var.ctx, c.req.valid("json"))), 201),
);

apiKeyRoutes.get(
  "/:id",
  may("manage_api_keys"),
  doc("Get an API key, without the key itself", shape.ApiKey),
  valid("param", shape.ApiKeyId),
  async (c) => ok(c, presentApiKey(await getApiKey(c.var.ctx, c.req.valid("param").id))),
);

apiKeyRoutes.delete(
  "/:id",
  may("manage_api_keys"),
  doc("Take an API key back", Archived),
  valid("param", shape.ApiKeyId),
  async (c) => {
    const { id, revokedAt } = await revokeApiKey(c.var.ctx, c.req.valid("param").id);
    return ok(c, { id, deleted_at: iso(revokedAt) });
  },
);

apiKeyRoutes.post(
  "/:id/rotate",
  may("manage_api_keys"),
  doc("Give an API key another secret; the old one ends at once", shape.ShownApiKey),
  valid("param", shape.ApiKeyId),
  async (c) => okSecret(c, presentNewKey(await rotateApiKey(c.var.ctx, c.req.valid("param").id))),
);
