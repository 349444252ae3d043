import { createServer } from "node:net";

/** The first of these ports that somebody listens on, by either address of localhost. */
export async function firstTakenPort(
  wanted: [variable: string, port: number][],
): Promise<{ variable: string; port: number } | null> {
  for (const [variable, port] of wanted) {
    const free = await Promise.all(["127.0.0.1", "::1"].map((host) => isFree(port, host)));
    if (free.includes(false)) return { variable, port };
  }
  return null;
}

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((answer) => {
    const server = createServer();
    server.once("error", ({ code }: NodeJS.ErrnoException) =>
      answer(code !== "EADDRINUSE" && code !== "EACCES"),
    );
    server.listen(port, host, () => server.close(() => answer(true)));
  });
}
