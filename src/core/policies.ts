/** At most `limit` calls of one caller within `windowSeconds`. */
export type Policy = { name: string; limit: number; windowSeconds: number };

const minute = 60;
const hour = 3600;

export const policies = {
  auth: { name: "auth", limit: 5, windowSeconds: 15 * minute },
  chat: { name: "chat", limit: 30, windowSeconds: minute },
  analytics: { name: "analytics", limit: 100, windowSeconds: minute },
  resman: { name: "resman", limit: 50, windowSeconds: minute },
  anonymous: { name: "anonymous", limit: 100, windowSeconds: 15 * minute },
  signedIn: { name: "signed-in", limit: 1000, windowSeconds: hour },
  status: { name: "status", limit: 1000, windowSeconds: hour },
  statusBulk: { name: "status-bulk", limit: 100, windowSeconds: hour },
  statusAnalytics: { name: "status-analytics", limit: 50, windowSeconds: hour },
  statusWebhooks: { name: "status-webhooks", limit: 10, windowSeconds: hour },
} satisfies Record<string, Policy>;
