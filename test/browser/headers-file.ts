export type HeaderRule = { matches: (path: string) => boolean; headers: Record<string, string> };

/** Reads the `_headers` file of static assets: a path (`*` at its end stands for anything), then its headers. */
export function readHeadersFile(text: string): HeaderRule[] {
  return text
    .trim()
    .split(/\n\s*\n/)
    .map((block) => {
      const [path = "", ...lines] = block.split("\n").map((line) => line.trim());
      const headers = Object.fromEntries(
        lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]),
      );
      const matches = (asked: string) =>
        path.endsWith("*") ? asked.startsWith(path.slice(0, -1)) : asked === path;
      return { matches, headers };
    });
}
