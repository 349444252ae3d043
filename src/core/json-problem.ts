/** Where a text stops being JSON. `reason` and places are those of Python's decoder; `at` counts characters. */
export type JsonProblem = { reason: string; at: number; line: number; column: number };

class Stop extends Error {
  readonly reason: string;
  readonly index: number;

  constructor(reason: string, index: number) {
    super(reason);
    this.reason = reason;
    this.index = index;
  }
}

/** The first mistake of a text that is no JSON. */
export function findJsonProblem(text: string): JsonProblem {
  const { reason, index } = stopOf(text);
  const before = Array.from(text.slice(0, index));
  return {
    reason,
    at: before.length,
    line: before.filter((character) => character === "\n").length + 1,
    column: before.length - before.lastIndexOf("\n"),
  };
}

function stopOf(text: string): Stop {
  try {
    readDocument(text);
  } catch (error) {
    if (error instanceof Stop) return error;
    throw error;
  }
  return new Stop("Expecting value", 0);
}

/** Reads on with a stack of its own: a body of nothing but brackets must not end ours. */
function readDocument(text: string): void {
  const open: ("]" | "}")[] = [];
  let at = afterSpace(text, 0);
  for (;;) {
    const opened = text[at] === "{" ? "}" : text[at] === "[" ? "]" : null;
    const inside = afterSpace(text, at + 1);
    if (opened !== null && text[inside] !== opened) {
      open.push(opened);
      at = opened === "}" ? afterKey(text, inside) : inside;
      continue;
    }
    const next = nextValue(text, opened === null ? afterScalar(text, at) : inside + 1, open);
    if (next === null) return;
    at = next;
  }
}

/** Goes from the end of a value to the beginning of the next; null at the end of the text. */
function nextValue(text: string, end: number, open: ("]" | "}")[]): number | null {
  let at = afterSpace(text, end);
  for (let closer = open.at(-1); text[at] === closer && closer; closer = open.at(-1)) {
    open.pop();
    at = afterSpace(text, at + 1);
  }
  const closer = open.at(-1);
  if (closer === undefined && at < text.length) throw new Stop("Extra data", at);
  if (closer === undefined) return null;
  if (text[at] !== ",") throw new Stop("Expecting ',' delimiter", at);
  const next = afterSpace(text, at + 1);
  return closer === "}" ? afterKey(text, next) : next;
}

/** Past a key and its colon. */
function afterKey(text: string, at: number): number {
  if (text[at] !== '"') throw new Stop("Expecting property name enclosed in double quotes", at);
  const colon = afterSpace(text, afterText(text, at));
  if (text[colon] !== ":") throw new Stop("Expecting ':' delimiter", colon);
  return afterSpace(text, colon + 1);
}

function afterScalar(text: string, at: number): number {
  if (text[at] === '"') return afterText(text, at);
  const end = match(/null|true|false|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y, text, at);
  if (end === at) throw new Stop("Expecting value", at);
  return end;
}

function afterText(text: string, from: number): number {
  const at = match(/(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*/uy, text, from + 1);
  if (text[at] === '"') return at + 1;
  const escape = text[at] === "\\" ? text[at + 1] : undefined;
  if (escape === "u") throw new Stop("Invalid \\uXXXX escape", at + 1);
  if (escape !== undefined) throw new Stop("Invalid \\escape", at);
  if (at < text.length && text[at] !== "\\") throw new Stop("Invalid control character at", at);
  throw new Stop("Unterminated string starting at", from);
}

function afterSpace(text: string, at: number): number {
  return match(/[ \t\n\r]*/y, text, at);
}

/** Where a sticky pattern ends that begins there; there itself when it does not. */
function match(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return at + (pattern.exec(text)?.[0].length ?? 0);
}
