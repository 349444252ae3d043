import { describe, expect, it } from "vitest";
import { anonymous, as } from "../support/api.ts";
import { aCompany } from "../support/factories.ts";

describe("/api/properties/:id/chatbot", () => {
  it("shows and changes the chatbot alone", async () => {
    const { manager, property } = await aCompany();
    const path = `/api/properties/${property.id}/chatbot`;
    const change = {
      chatbot_is_active: false,
      chatbot_welcome_message: "Hi",
      chatbot_theme_color: "#112233",
    };
    const { body } = await as(manager).put(path, { ...change, name: "ignored" });
    expect(body.data).toMatchObject({ ...change, property_id: property.id, embed_key: property.embedKey });
    expect((await as(manager).get(path)).body.data).toEqual(body.data);
    expect((await as(manager).get(`/api/properties/${property.id}`)).body.data.name).toBe("Maple Court");
  });

  it("takes the place of the embed key, and the old one opens nothing any more", async () => {
    const { manager, property } = await aCompany();
    const rotated = await as(manager).post(`/api/properties/${property.id}/chatbot/rotate-key`);
    expect(rotated.body.data.embed_key).not.toBe(property.embedKey);
    const open = (embed_key: string) =>
      anonymous().post("/api/users/browser/browser-1/session", { embed_key });
    expect((await open(property.embedKey)).status).toBe(404);
    expect((await open(rotated.body.data.embed_key)).status).toBe(200);
  });
});

describe("GET /api/properties/:id/embed-code", () => {
  it("tells a reader the line of HTML and what to do with it", async () => {
    const { viewer, property } = await aCompany();
    const { body } = await as(viewer).get(`/api/properties/${property.id}/embed-code`);
    expect(body.data.embed_code).toContain(`data-embed-key="${property.embedKey}"`);
    expect(body.data.script_url).toBe("http://localhost:8787/widget.js");
    expect(body.data.instructions[0]).toContain(body.data.embed_code);
    expect(body.data.instructions[1]).toContain(property.allowedOrigins[0]);
  });
});
