import type { OfficeHours } from "./office-status.ts";

export type Session = {
  token: string;
  user: {
    id: string;
    first_name?: string | null;
    last_name?: string | null;
    email?: string | null;
    phone?: string | null;
  };
  property: { id: string; name: string; time_zone: string };
  chatbot: {
    is_active: boolean;
    welcome_message: string | null;
    theme_color: string | null;
    position: string | null;
    auto_open: boolean | null;
    avatar_url: string | null;
    business_hours: OfficeHours | null;
  };
  /** The visitor's open conversation with this property. */
  conversation: { id: string; status: string; last_seq: number } | null;
};

export type FieldComplaint = { field: string; message: string };

/** A call that did not work. `status` is 0 when no answer came at all. */
export class ApiFailure extends Error {
  readonly status: number;
  readonly code: string;
  readonly retryAfterMs: number;
  readonly details?: unknown;

  constructor(status: number, code: string, message: string, retryAfterMs = 0, details?: unknown) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
    this.details = details;
    this.name = "ApiFailure";
  }

  /** Whether the same call may work later. */
  get passes(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }

  /** The thing asked about is not there (any more), or not this visitor's. */
  get isMissing(): boolean {
    return this.status === 404 || this.status === 410;
  }
}

export type Visit = { embed_key: string; page_url: string; referrer?: string; lead_source?: string };

export type ApiParts = {
  origin: string;
  browserId: string;
  visit: Visit;
  onSession: (session: Session) => void;
};

const timeoutMs = 15_000;

/** The calls a visitor's browser makes. A token that ran out is replaced once per call, unseen. */
export class Api {
  readonly #parts: ApiParts;
  #session: Promise<Session> | null = null;

  constructor(parts: ApiParts) {
    this.#parts = parts;
  }

  session(): Promise<Session> {
    this.#session ??= this.#openSession();
    return this.#session;
  }

  forgetSession() {
    this.#session = null;
  }

  /** The same key gives the same conversation, so a lost answer opens no second one. */
  async openConversation(key: string): Promise<{ id: string }> {
    const { property } = await this.session();
    return this.#signed("/api/conversations", { property_id: property.id }, { "Idempotency-Key": key });
  }

  ticket(conversationId: string): Promise<{ url: string }> {
    return this.#signed("/api/ws/tickets", { conversation_id: conversationId });
  }

  handOff(conversationId: string): Promise<unknown> {
    return this.#signed(`/api/conversations/${conversationId}/handoff`, {});
  }

  qualify(conversationId: string, contact: object): Promise<unknown> {
    return this.#signed(`/api/conversations/${conversationId}/qualify`, contact);
  }

  async #openSession(): Promise<Session> {
    const { browserId, visit, onSession } = this.#parts;
    try {
      const session = await this.#post<Session>(`/api/users/browser/${browserId}/session`, visit);
      onSession(session);
      return session;
    } catch (failure) {
      this.#session = null;
      throw failure;
    }
  }

  async #signed<Data>(path: string, body: object, headers: Record<string, string> = {}): Promise<Data> {
    const used = this.session();
    const call = async (session: Promise<Session>) =>
      this.#post<Data>(path, body, { ...headers, Authorization: `Bearer ${(await session).token}` });
    try {
      return await call(used);
    } catch (failure) {
      if (!(failure instanceof ApiFailure) || failure.status !== 401) throw failure;
      if (this.#session === used) this.#session = null;
      return call(this.session());
    }
  }

  async #post<Data>(path: string, body: object, headers: Record<string, string> = {}): Promise<Data> {
    const response = await fetch(this.#parts.origin + path, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((error: unknown) => {
      throw new ApiFailure(0, "NO_ANSWER", String(error));
    });
    return readAnswer<Data>(response);
  }
}

type Envelope = { data?: unknown; error?: { code?: string; message?: string; details?: unknown } };

async function readAnswer<Data>(response: Response): Promise<Data> {
  const envelope = (await response.json().catch(() => null)) as Envelope | null;
  if (response.ok && envelope && "data" in envelope) return envelope.data as Data;
  const { code = "UNREADABLE_ANSWER", message = `HTTP ${response.status}`, details } = envelope?.error ?? {};
  const retryAfterMs = Number(response.headers.get("retry-after") ?? 0) * 1000 || 0;
  throw new ApiFailure(response.ok ? 502 : response.status, code, message, retryAfterMs, details);
}
