import { describe, expect, it } from "vitest";
import { lookUpAddresses } from "./client.ts";

type Records = Record<string, object | number>;

/** A name service that knows these answers, by `name type`; a number is an HTTP status. */
function nameService(records: Records) {
  const asked: string[] = [];
  const fetch = async (url: string, init: RequestInit) => {
    const { origin, pathname, searchParams } = new URL(url);
    expect(origin + pathname).toBe("https://cloudflare-dns.com/dns-query");
    expect(new Headers(init.headers).get("accept")).toBe("application/dns-json");
    expect(init.signal).toBeInstanceOf(AbortSignal);
    const question = `${searchParams.get("name")} ${searchParams.get("type")}`;
    asked.push(question);
    const answer = records[question] ?? { Status: 0 };
    return typeof answer === "number" ? new Response("down", { status: answer }) : Response.json(answer);
  };
  return { fetch, asked };
}

describe("lookUpAddresses", () => {
  it("gives the addresses of both kinds behind all aliases", async () => {
    const { fetch, asked } = nameService({
      "hooks.example.com A": {
        Status: 0,
        Answer: [
          { name: "hooks.example.com", type: 5, TTL: 300, data: "edge.example.net." },
          { name: "edge.example.net", type: 1, TTL: 300, data: "93.184.216.34" },
        ],
      },
      "hooks.example.com AAAA": { Status: 0, Answer: [{ type: 28, data: "2606:4700::1111" }] },
    });
    expect(await lookUpAddresses(fetch, "hooks.example.com")).toEqual(["93.184.216.34", "2606:4700::1111"]);
    expect(asked).toEqual(["hooks.example.com A", "hooks.example.com AAAA"]);
  });

  it.each([
    ["no such name", { Status: 3 }],
    ["servers that fail", { Status: 2 }],
    ["no address", { Status: 0 }],
  ])("gives none for %s", async (_case, answer) => {
    const { fetch } = nameService({ "gone.example A": answer, "gone.example AAAA": answer });
    expect(await lookUpAddresses(fetch, "gone.example")).toEqual([]);
  });

  it("says so when the name service itself is down or talks nonsense", async () => {
    for (const broken of [503, { Answer: "everything" }]) {
      const { fetch } = nameService({ "a.example A": broken });
      await expect(lookUpAddresses(fetch, "a.example")).rejects.toThrow(/name service/);
    }
  });
});
