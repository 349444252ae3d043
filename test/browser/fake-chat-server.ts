import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { WebSocketServer } from "ws";
import { FakeRoom } from "./fake-room.ts";
import { readHeadersFile, type HeaderRule } from "./headers-file.ts";

type Answer = { status: number; body?: unknown; headers?: Record<string, string> };

const strictPolicy = (api: string) =>
  `default-src 'none'; script-src ${api}; connect-src ${api} ${api.replace("http", "ws")}; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'`;

const mediaTypes: Record<string, string> = {
  ".html": "text/html",
  ".css": "text/css",
  ".js": "text/javascript",
};

/**
 * A server that speaks the widget's side of the contract over `webDir`, with faults at will. A page of some
 * landlord (`pageUrl`) is served from another origin than the API, under a policy that allows only the API.
 */
export class FakeChatServer {
  rooms = new Map<string, FakeRoom>();
  /** Status to answer with, by the last part of a path, as long as the list lasts. */
  refusals: Record<string, number[]> = {};
  calls: { path: string; body: Record<string, string> }[] = [];
  chatbot: Record<string, unknown> = {};
  demo: unknown = null;
  openapi: unknown = null;
  tagAttributes = "";
  #tokens = new Set<string>();
  #tickets = new Map<string, string>();
  #openings = new Map<string, FakeRoom>();
  #headers: HeaderRule[] = [];
  #webDir: string;
  #http = createServer((request, response) => void this.#serve(request, response));
  #upgrades = new WebSocketServer({ noServer: true });

  constructor(webDir: string) {
    this.#webDir = webDir;
    this.#http.on("upgrade", (request, socket, head) => {
      const url = new URL(request.url ?? "/", this.apiUrl);
      const room = this.rooms.get(this.#tickets.get(url.searchParams.get("ticket") ?? "") ?? "");
      this.#tickets.delete(url.searchParams.get("ticket") ?? "");
      if (!room || this.#refusalOf("socket") !== null) return socket.destroy();
      this.#upgrades.handleUpgrade(request, socket, head, (opened) =>
        room.join(opened, Number(url.searchParams.get("after") ?? 0)),
      );
    });
  }

  get #port() {
    return (this.#http.address() as AddressInfo).port;
  }
  get apiUrl() {
    return `http://localhost:${this.#port}`;
  }
  get pageUrl() {
    return `http://127.0.0.1:${this.#port}/page`;
  }
  /** The conversation that was opened last. */
  get room(): FakeRoom {
    const room = [...this.rooms.values()].at(-1);
    if (!room) throw new Error("No conversation has been opened");
    return room;
  }

  async start() {
    this.#headers = readHeadersFile(await readFile(join(this.#webDir, "_headers"), "utf8"));
    await new Promise<void>((ready) => this.#http.listen(0, ready));
  }

  async stop() {
    for (const room of this.rooms.values()) room.dropSockets();
    this.#http.closeAllConnections();
    await new Promise((closed) => this.#http.close(closed));
  }

  /** A server as on its first day. */
  reset() {
    for (const room of this.rooms.values()) room.dropSockets();
    Object.assign(this, { rooms: new Map(), refusals: {}, calls: [], chatbot: {}, tagAttributes: "" });
    this.#openings.clear();
    this.#tokens.clear();
  }

  /** Every token given out so far stops working. */
  expireTokens() {
    this.#tokens.clear();
  }

  callsTo(end: string) {
    return this.calls.filter(({ path }) => path.endsWith(end));
  }

  async #serve(request: IncomingMessage, response: ServerResponse) {
    const { pathname } = new URL(request.url ?? "/", this.apiUrl);
    const answer = pathname.startsWith("/api/")
      ? await this.#api(request, pathname)
      : await this.#file(pathname);
    const { status, body, headers = {} } = answer;
    const isData = typeof body === "object" && !Buffer.isBuffer(body);
    const data = isData ? JSON.stringify(body) : (body as string | Buffer | undefined);
    response
      .writeHead(status, { ...(isData ? { "Content-Type": "application/json" } : {}), ...headers })
      .end(data);
  }

  async #api(request: IncomingMessage, path: string): Promise<Answer> {
    const cors = {
      "Access-Control-Allow-Origin": request.headers.origin ?? "*",
      "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key",
      "Access-Control-Expose-Headers": "Retry-After",
    };
    if (request.method === "OPTIONS") return { status: 204, headers: cors };
    if (request.method === "GET") return { ...this.#read(path), headers: cors };
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString() || "{}") as Record<string, string>;
    this.calls.push({ path, body });
    const refused = this.#refusalOf(path.split("/").at(-1) ?? "");
    const answer = refused ?? this.#act(path, body, request.headers);
    return { ...answer, headers: { ...cors, ...answer.headers } };
  }

  #refusalOf(name: string): Answer | null {
    const status = this.refusals[name]?.shift();
    if (status === undefined) return null;
    return status === 429
      ? { ...failure(429, "RATE_LIMIT_EXCEEDED"), headers: { "Retry-After": "1" } }
      : failure(status, "NO");
  }

  #read(path: string): Answer {
    if (path === "/api/openapi.json") return { status: 200, body: this.openapi };
    return this.demo && path === "/api/test/demo" ? ok(this.demo) : failure(404, "RECORD_NOT_FOUND");
  }

  #act(path: string, body: Record<string, string>, headers: IncomingMessage["headers"]): Answer {
    if (path.endsWith("/session")) return this.#session();
    const token = (headers.authorization ?? "").replace("Bearer ", "");
    if (!this.#tokens.has(token)) return failure(401, "TOKEN_EXPIRED");
    if (path === "/api/conversations") return ok({ id: this.#open(String(headers["idempotency-key"])).id });
    if (path === "/api/ws/tickets") return this.#ticket(body["conversation_id"] ?? "");
    const room = this.rooms.get(path.split("/")[3] ?? "");
    if (!room) return failure(404, "RECORD_NOT_FOUND");
    if (path.endsWith("/handoff")) room.broadcast({ type: "speaker", speaker: "human", name: "Dana" });
    if (path.endsWith("/qualify") && !(body["email"] ?? "@").includes("@"))
      return failure(422, "INVALID_FORMAT", [{ field: "email", message: "is not an e-mail address" }]);
    return ok({ id: room.id });
  }

  #session(): Answer {
    const token = randomUUID();
    this.#tokens.add(token);
    const room = [...this.rooms.values()].at(-1);
    const chatbot = {
      is_active: true,
      welcome_message: "Welcome to Maple Court! What are you looking for?",
      theme_color: "#1f5e52",
      position: "bottom_right",
      auto_open: false,
      avatar_url: null,
      business_hours: null,
      ...this.chatbot,
    };
    const property = { id: "p1", name: "Maple Court", time_zone: "America/Chicago" };
    const conversation = room ? { id: room.id, status: "open", last_seq: room.stored.length } : null;
    const expires_at = new Date(Date.now() + 3_600_000).toISOString();
    return ok({ token, expires_at, user: { id: "u1", first_name: null }, property, chatbot, conversation });
  }

  #open(key: string): FakeRoom {
    const room = this.#openings.get(key) ?? new FakeRoom();
    this.#openings.set(key, room);
    this.rooms.set(room.id, room);
    return room;
  }

  #ticket(conversationId: string): Answer {
    if (!this.rooms.has(conversationId)) return failure(404, "RECORD_NOT_FOUND");
    const ticket = randomUUID();
    this.#tickets.set(ticket, conversationId);
    return ok({
      ticket,
      url: `${this.apiUrl.replace("http", "ws")}/api/ws/chat/${conversationId}?ticket=${ticket}`,
    });
  }

  async #file(path: string): Promise<Answer> {
    if (path === "/page") return { status: 200, body: this.#page(), headers: this.#pageHeaders() };
    const names = [path, `${path}.html`, join(path, "index.html")].map((name) => join(this.#webDir, name));
    for (const name of names.filter((each) => extname(each) !== "")) {
      const body = await readFile(name).catch(() => null);
      const rules = this.#headers.filter(({ matches }) => matches(path));
      const headers = Object.assign(
        { "Content-Type": mediaTypes[extname(name)] ?? "text/plain" },
        ...rules.map((rule) => rule.headers),
      );
      if (body) return { status: 200, body, headers };
    }
    return { status: 404, body: "" };
  }

  #pageHeaders() {
    return { "Content-Type": "text/html", "Content-Security-Policy": strictPolicy(this.apiUrl) };
  }

  #page(): string {
    const tag = `<script src="${this.apiUrl}/widget.js" data-embed-key="pk_test" ${this.tagAttributes} async></script>`;
    return `<!doctype html><html lang="en"><head><title>A landlord</title><meta name="viewport" content="width=device-width"></head>
      <body><main><h1>Maple Court</h1><button id="before">Before</button></main>${tag}</body></html>`;
  }
}

function ok(data: unknown): Answer {
  return { status: 200, body: { success: true, data } };
}

function failure(status: number, code: string, details?: unknown): Answer {
  return { status, body: { success: false, error: { code, message: `Refused with ${status}`, details } } };
}
