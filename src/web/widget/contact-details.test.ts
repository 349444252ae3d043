import { expect, it } from "vitest";
import { filledDetails, missingDetails, problemsOf } from "./contact-details.ts";

const empty = { first_name: "", last_name: "", email: "", phone: "" };
const words = { required: "required", emailOrPhone: "one of both" };

it("asks for both names and for an e-mail address or a phone number", () => {
  expect(missingDetails({ ...empty, first_name: " " }, words)).toEqual({
    first_name: "required",
    last_name: "required",
    email: "one of both",
  });
  expect(missingDetails({ ...empty, first_name: "Ana", last_name: "Diaz", phone: "555" }, words)).toEqual({});
});

it("sends only what was filled in", () => {
  expect(filledDetails({ ...empty, first_name: " Ana ", email: "a@b.example" })).toEqual({
    first_name: "Ana",
    email: "a@b.example",
  });
});

it("puts the server's complaints at their fields, the first of each", () => {
  const details = [
    { field: "email", message: "is not an address" },
    { field: "body.phone", message: "is too short" },
    { field: "email", message: "again" },
    { field: "budget", message: "unknown" },
  ];
  expect(problemsOf(details)).toEqual({ email: "is not an address", phone: "is too short" });
});

it.each([undefined, null, "text", {}, [], [{ field: "budget", message: "x" }], [{}]])(
  "finds nothing for a field in %j",
  (details) => {
    expect(problemsOf(details)).toBeNull();
  },
);
