import { describe, expect, it } from "vitest";
import { outcomeOfAsking, outcomeOfChoice } from "./outcome.ts";

const refusal = (field: string, message: string) => ({ error: { details: [{ field, message }] } });

describe("after a password was chosen", () => {
  it("says that it is set, and offers no form any more", () => {
    expect(outcomeOfChoice(200, {})).toMatchObject({ text: expect.stringContaining("is set"), next: "none" });
  });

  it("offers another link where this one is spent", () => {
    expect(outcomeOfChoice(401, {}).next).toBe("ask");
  });

  it("says in the API's words what is wrong with the password, and blames the link for the rest", () => {
    expect(outcomeOfChoice(422, refusal("password", "is too common"))).toEqual({
      text: "The password is too common.",
      next: "choose",
    });
    expect(outcomeOfChoice(422, refusal("token", "is required")).text).toContain("link is not whole");
    expect(outcomeOfChoice(422, null).text).toContain("link is not whole");
  });

  it.each([429, 500, 0])("keeps the form when the API answers %i", (status) => {
    expect(outcomeOfChoice(status, null).next).toBe("choose");
    expect(outcomeOfAsking(status).next).toBe("ask");
  });
});

describe("after a link was asked for", () => {
  it("does not say whether there is such an account", () => {
    expect(outcomeOfAsking(200)).toMatchObject({ text: expect.stringMatching(/^If there is/), next: "none" });
  });
});
