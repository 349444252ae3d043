import { describe, expect, it } from "vitest";
import { chooseAgent, chooseLostReason, chooseSource } from "./choose-mapping.ts";

const named = (...names: string[]) => names.map((name) => ({ id: `id of ${name}`, name }));

describe("chooseSource", () => {
  it("takes the one that sounds like the web", () => {
    expect(chooseSource(named("Walk-in", "Community website"))?.name).toBe("Community website");
  });

  it("takes the first where none does, but never the telephone", () => {
    expect(chooseSource(named("Telephone", "Sign"))?.name).toBe("Sign");
    expect(chooseSource(named("Telephone"))).toBeNull();
  });
});

describe("chooseAgent", () => {
  const employees = named("Ola", "Sam").map((one) => ({ ...one, email: `${one.name}@maple.test` }));

  it("takes the property's first manager whom ResMan knows", () => {
    expect(chooseAgent(employees, ["boss@maple.test", "SAM@maple.test"])?.name).toBe("Sam");
  });

  it("takes ResMan's first where it knows none", () => {
    expect(chooseAgent(employees, [])?.name).toBe("Ola");
    expect(chooseAgent([], ["sam@maple.test"])).toBeNull();
  });
});

describe("chooseLostReason", () => {
  const reasons = named("Inactive/lack of response", "Rent above budget");

  it("takes the one of the name given", () => {
    expect(chooseLostReason(reasons, " rent above budget ")?.name).toBe("Rent above budget");
  });

  it("takes one that leaves it open where none fits", () => {
    expect(chooseLostReason(reasons, "Too far away")?.name).toBe("Inactive/lack of response");
  });
});
