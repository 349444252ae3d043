export type Fields = Record<string, unknown>;

export type Log = {
  /** Adds fields to the one line that ends the request, message or tick. */
  add(fields: Fields): void;
  /** A line of its own, for what would be lost otherwise. */
  warn(message: string, fields?: Fields): void;
  error(message: string, error: unknown, fields?: Fields): void;
  /** Prints the wide line. */
  end(fields: Fields): void;
};

/** What may be known of an error inside the log; never sent to a caller. */
export function describeError(error: unknown): Fields {
  if (!(error instanceof Error)) return { error: String(error) };
  const cause = error.cause instanceof Error ? error.cause.message : undefined;
  return { error: error.message, ...(cause ? { cause } : {}), stack: error.stack?.split("\n").slice(0, 6) };
}

export function openLog(base: Fields): Log {
  const wide: Fields = { ...base };
  return {
    add: (fields) => void Object.assign(wide, fields),
    warn: (message, fields) => console.warn({ level: "warn", message, ...base, ...fields }),
    error: (message, error, fields) =>
      console.error({ level: "error", message, ...base, ...fields, ...describeError(error) }),
    end: (fields) => console.log({ level: "info", ...wide, ...fields }),
  };
}
