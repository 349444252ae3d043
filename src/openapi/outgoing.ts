import * as z from "zod";
import { envelopeShape, eventCatalogue } from "../modules/status/webhooks/event-schemas.ts";
import type { JsonSchema, Shapes } from "./shapes.ts";

const previous = z
  .int()
  .describe(
    "The event before it among those this webhook asks for, 0 when there is none. Higher than what was seen last: messages are missing, and GET /api/v1/status/events/{entity_type}/{entity_id} has them",
  );

const test = z.object({ webhook_id: z.string(), message: z.string() });

const header = (name: string, description: string) => ({
  name,
  in: "header",
  required: true,
  description,
  schema: { type: "string" },
});

const parameters = [
  header("webhook-id", "Of the message: the same with every attempt. Act once on each"),
  header(
    "webhook-timestamp",
    "Of the attempt, in seconds since 1970; refuse what is older than five minutes",
  ),
  header(
    "webhook-signature",
    "One `v1,` and HMAC-SHA256 of `id.timestamp.body` in base64 for each secret that is good, separated by spaces",
  ),
];

const responses = {
  "2XX": { description: "Taken" },
  410: { description: "Never call again: the webhook is switched off" },
  default: { description: "Failed, redirects too: tried ten times over three days; Retry-After is heeded" },
};

/** What webhooks are sent: the catalogue of events as the document's `webhooks`. */
export function outgoing(shapes: Shapes): Record<string, JsonSchema> {
  const messages = Object.entries(eventCatalogue).map(([event, { summary, data }]) =>
    message(event, summary, data.extend({ previous_sequence: previous })),
  );
  const all = [...messages, message("test", "Somebody tried out the webhook", test)];
  return Object.fromEntries(
    all.map(({ event, summary, shape }) => {
      const schema = shapes.add(`webhook_${event}`, shapes.of(shape, "output"));
      const requestBody = { required: true, content: { "application/json": { schema } } };
      const operation = { operationId: `webhook_${event}`, summary, tags: ["status"], parameters };
      return [event, { post: { ...operation, requestBody, responses } }];
    }),
  );
}

function message(event: string, summary: string, data: z.ZodType) {
  return { event, summary, shape: envelopeShape(event, data) };
}
