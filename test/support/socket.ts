import type { Api } from "./api.ts";

export type Frame = { type: string; [field: string]: unknown };

/** A WebSocket client for tests: frames wait in order until a test asks for them. */
export type TestSocket = {
  /** The first waiting or coming frame that matches (a type, or a test); others stay. Rejects after five seconds. */
  next(matches?: string | ((frame: Frame) => boolean)): Promise<Frame>;
  send(frame: object | string): void;
  /** Frames that came and were not yet asked for. */
  waiting(): readonly Frame[];
  close(code?: number, reason?: string): void;
  closed: Promise<{ code: number; reason: string }>;
};

const patienceMs = 5000;

/** Opens a socket through the API's front door. Throws with the answer's text when the upgrade is refused. */
export async function openSocket(
  api: Api,
  path: string,
  headers: Record<string, string> = {},
): Promise<TestSocket> {
  const response = await api.fetch(path, { headers: { Upgrade: "websocket", ...headers } });
  const socket = response.webSocket;
  if (!socket) throw new Error(`no socket at ${path}: ${response.status} ${await response.text()}`);
  return listen(socket);
}

type Waiter = { wake: () => void };

function listen(socket: WebSocket): TestSocket {
  const frames: Frame[] = [];
  const waiters = new Set<Waiter>();
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.addEventListener("close", ({ code, reason }) => resolve({ code, reason }));
  });
  socket.addEventListener("message", ({ data }) => {
    frames.push(frameOf(String(data)));
    for (const waiter of waiters) waiter.wake();
  });
  socket.accept();

  function take(matches: (frame: Frame) => boolean): Frame | undefined {
    const index = frames.findIndex(matches);
    return index < 0 ? undefined : frames.splice(index, 1)[0];
  }

  function next(matches: string | ((frame: Frame) => boolean) = () => true): Promise<Frame> {
    const test = typeof matches === "string" ? (frame: Frame) => frame.type === matches : matches;
    return new Promise((resolve, reject) => {
      const tooLate = setTimeout(() => {
        waiters.delete(waiter);
        reject(new Error(`no such frame came; waiting are ${JSON.stringify(frames)}`));
      }, patienceMs);
      const waiter: Waiter = {
        wake() {
          const frame = take(test);
          if (!frame) return;
          clearTimeout(tooLate);
          waiters.delete(waiter);
          resolve(frame);
        },
      };
      waiters.add(waiter);
      waiter.wake();
    });
  }

  return {
    next,
    send: (frame) => socket.send(typeof frame === "string" ? frame : JSON.stringify(frame)),
    waiting: () => [...frames],
    close: (code = 1000, reason = "") => socket.close(code, reason),
    closed,
  };
}

/** `pong` and other bare strings travel as a frame of type `text`. */
function frameOf(data: string): Frame {
  try {
    return JSON.parse(data) as Frame;
  } catch {
    return { type: "text", text: data };
  }
}
