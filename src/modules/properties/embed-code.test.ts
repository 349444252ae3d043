import { describe, expect, it } from "vitest";
import { embedCode, embedInstructions } from "./embed-code.ts";

describe("embedCode", () => {
  it("is one script tag that loads the widget from our origin and names the property", () => {
    expect(embedCode("https://api.domiq.example", "pk_1")).toBe(
      '<script src="https://api.domiq.example/widget.js" data-embed-key="pk_1" async></script>',
    );
  });
});

describe("embedInstructions", () => {
  const code = embedCode("https://api.domiq.example", "pk_1");

  it("say where the chat may be shown", () => {
    const steps = embedInstructions({
      embedCode: code,
      allowedOrigins: ["https://maple.example"],
      isActive: true,
    });
    expect(steps.join(" ")).toContain("https://maple.example");
    expect(steps[0]).toContain(code);
  });

  it("warn of an empty allow-list and of a chatbot that is switched off", () => {
    const steps = embedInstructions({ embedCode: code, allowedOrigins: [], isActive: false }).join(" ");
    expect(steps).toContain("allowed_origins");
    expect(steps).toContain("chatbot_is_active");
  });
});
