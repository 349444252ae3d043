import { systemContext } from "../../core/start-context.ts";
import { demoCompanies, rootEmail } from "./demo/companies.ts";
import { courtStories } from "./demo/court-stories.ts";
import { demoId } from "./demo/demo-id.ts";
import { groveStories } from "./demo/grove-stories.ts";
import { heightsStories } from "./demo/heights-stories.ts";
import { demoProperties } from "./demo/properties.ts";
import type { Story } from "./demo/story.ts";
import { type Demo, findDemo } from "./find-demo.ts";
import { writeCompany, writeRoot } from "./write-company.ts";
import { tellStory } from "./tell-story.ts";

const storiesAtOnce = 4;

/**
 * Fills the database with two companies in the middle of their work. Loaded again it changes nothing; a load that
 * broke off is finished by the next, because every record has an id of its own and the last one is the mark.
 */
export async function loadDemo(env: Env, waitUntil: (work: Promise<unknown>) => void): Promise<Demo> {
  const known = await findDemo(env);
  if (known) return known;
  for (const company of demoCompanies) {
    const id = demoId(company.key);
    await writeCompany(
      env,
      company,
      demoProperties.filter((property) => property.company === company.key),
    );
    const ctx = await systemContext(env, id, "demo", waitUntil);
    if (!ctx) throw new Error("the demo company is gone while it is loaded");
    const stories = [...courtStories, ...heightsStories, ...groveStories].filter((story) =>
      isOf(company.key, story),
    );
    for (let first = 0; first < stories.length; first += storiesAtOnce)
      await Promise.all(stories.slice(first, first + storiesAtOnce).map((story) => tellStory(ctx, story)));
  }
  await writeRoot(env, rootEmail);
  const loaded = await findDemo(env);
  if (!loaded) throw new Error("the demo is not there after it was loaded");
  return loaded;
}

function isOf(company: string, story: Story): boolean {
  return demoProperties.some((property) => property.key === story.property && property.company === company);
}
