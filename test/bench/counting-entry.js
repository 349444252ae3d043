// Stands in front of the bundled Worker and counts what each request asks of the database, the objects and the cache
// before it is answered. The counts travel back as headers.
import app from "./app.js";
export * from "./app.js";

const runs = new Set(["run", "all", "first", "raw"]);
const objects = ["CHAT_ROOM", "STATUS_MACHINE", "TOUR_BOOK", "LIVE_FEED", "RESMAN_GATE", "RATE_LIMITER"];
const bare = new WeakMap();

function watched(target, watch) {
  const proxy = new Proxy(target, {
    get(of, name) {
      const value = Reflect.get(of, name);
      if (typeof value !== "function") return value;
      return watch(name, (...args) => value.apply(of, args)) ?? value.bind(of);
    },
  });
  bare.set(proxy, target);
  return proxy;
}

function statement(target, counts) {
  return watched(target, (name, call) => {
    if (name === "bind") return (...args) => statement(call(...args), counts);
    if (!runs.has(name)) return null;
    return (...args) => {
      counts.statements += 1;
      counts.trips += 1;
      return call(...args);
    };
  });
}

function database(target, counts) {
  return watched(target, (name, call) => {
    if (name === "prepare") return (...args) => statement(call(...args), counts);
    if (name === "withSession") return (...args) => database(call(...args), counts);
    if (name !== "batch") return null;
    return (all) => {
      counts.statements += all.length;
      counts.trips += 1;
      return call(all.map((one) => bare.get(one) ?? one));
    };
  });
}

function namespace(target, counts, isLimiter) {
  return watched(target, (name, call) => {
    if (name !== "get" && name !== "getByName") return null;
    return (...args) => stub(call(...args), counts, isLimiter);
  });
}

function stub(target, counts, isLimiter) {
  return new Proxy(target, {
    get(of, name) {
      if (typeof name === "symbol" || name === "then") return Reflect.get(of, name);
      return (...args) => {
        counts[isLimiter ? "limits" : "objects"] += 1;
        return of[name](...args);
      };
    },
  });
}

function cache(target, counts) {
  return watched(target, (_name, call) => (...args) => {
    counts.cache += 1;
    return call(...args);
  });
}

function counted(env, counts) {
  const wrapped = {
    ...env,
    DB: database(env.DB, counts),
    CACHE: cache(env.CACHE, counts),
  };
  for (const name of objects) wrapped[name] = namespace(env[name], counts, name === "RATE_LIMITER");
  return wrapped;
}

// oxlint-disable-next-line import/no-default-export -- what a Worker is entered by
export default {
  async fetch(request, env, execution) {
    const counts = { statements: 0, trips: 0, objects: 0, limits: 0, cache: 0 };
    const answer = await app.fetch(request, counted(env, counts), execution);
    if (answer.status === 101) return answer;
    const headers = new Headers(answer.headers);
    headers.set("x-counts", JSON.stringify(counts));
    return new Response(answer.body, { status: answer.status, headers });
  },
  queue: (batch, env, execution) => app.queue(batch, env, execution),
  scheduled: (controller, env, execution) => app.scheduled(controller, env, execution),
};
