import { join } from "node:path";

type Demo = {
  password: string;
  platform_admin: { email: string };
  companies: {
    name: string;
    accounts: { email: string; role: string }[];
    properties: { id: string; name: string }[];
  }[];
};

/** Loads the demo's companies where they are not there yet. */
export async function loadDemo(origin: string): Promise<void> {
  const answer = await fetch(`${origin}/api/test/demo`, { method: "POST" });
  if (!answer.ok) throw new Error(`the demo does not load: ${answer.status} ${await answer.text()}`);
}

/** Prints where everything is, and who can sign in. */
export async function printWelcome(origin: string, sandbox: string, stateDir: string): Promise<void> {
  const answer = await fetch(`${origin}/api/test/demo`);
  const { data } = (await answer.json()) as { data: Demo };
  const pages = data.companies.flatMap(({ properties }) =>
    properties.map(({ id, name }) => [name, `${origin}/demo?property=${id}`]),
  );
  const logins = data.companies.flatMap(({ name, accounts }) =>
    accounts.map(({ email, role }) => [email, `${role}, ${name}`]),
  );
  console.log(`
DomIQ Edge is ready.

${table([["API", origin], ["API docs", `${origin}/api/docs`], ...pages, ["Sandbox", sandbox], ["Log", join(stateDir, "api/log.jsonl")]])}

Sign in with the password ${data.password}

${table([...logins, [data.platform_admin.email, "platform_admin"]])}

Ctrl-C ends everything.`);
}

function table(rows: string[][]): string {
  const width = Math.max(...rows.map(([first = ""]) => first.length));
  return rows.map(([first = "", second = ""]) => `  ${first.padEnd(width)}  ${second}`).join("\n");
}
