import { describe, expect, it } from "vitest";
import { isDuplicate } from "./is-duplicate.ts";

const fromD1 = new Error(
  "D1_ERROR: UNIQUE constraint failed: users.company_id, users.browser_id: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_UNIQUE)",
);

describe("isDuplicate", () => {
  it("knows the column of a failed batch", () => {
    expect(isDuplicate(fromD1, "users.browser_id")).toBe(true);
  });

  it("knows the column behind a wrapped failure", () => {
    expect(isDuplicate(new Error("Failed query: insert …", { cause: fromD1 }), "users.browser_id")).toBe(
      true,
    );
  });

  it("says no to another column, another failure and something that is no error", () => {
    expect(isDuplicate(fromD1, "users.email")).toBe(false);
    expect(isDuplicate(new Error("D1_ERROR: no such table: users"), "users.browser_id")).toBe(false);
    expect(isDuplicate(undefined, "users.browser_id")).toBe(false);
  });
});
