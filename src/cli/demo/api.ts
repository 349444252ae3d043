/** A small client of our own API for the command line. Throws with the server's own words. */
export type Api = {
  get<Data>(path: string): Promise<Data>;
  post<Data>(path: string, body?: unknown): Promise<Data>;
  put<Data>(path: string, body: unknown): Promise<Data>;
};

export function apiAt(origin: string, token?: string): Api {
  const call = async <Data>(method: string, path: string, body?: unknown): Promise<Data> => {
    const answer = await fetch(`${origin}${path}`, {
      method,
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text.slice(0, 500)}`);
    return (JSON.parse(text) as { data: Data }).data;
  };
  return {
    get: (path) => call("GET", path),
    post: (path, body) => call("POST", path, body),
    put: (path, body) => call("PUT", path, body),
  };
}

/** All rows of a paged list. */
export async function listAll<Row>(api: Api, path: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (let page = 1; ; page += 1) {
    const found = await api.get<Row[]>(`${path}${path.includes("?") ? "&" : "?"}limit=100&page=${page}`);
    rows.push(...found);
    if (found.length < 100) return rows;
  }
}
