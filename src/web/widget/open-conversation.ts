import { ApiFailure, type Api } from "./api.ts";
import type { Store } from "./store.ts";

/** The visitor's conversation with the property: the one that is open, else a new one, never two. */
export async function openConversation(api: Api, store: Store, newId: () => string): Promise<string> {
  const { conversation } = await api.session();
  if (conversation) return conversation.id;
  const key = store.get("opening") ?? newId();
  store.set("opening", key);
  try {
    const { id } = await api.openConversation(key);
    store.remove("opening");
    return id;
  } catch (failure) {
    // A refusal is final for this key; a lost answer must meet the same key again.
    if (failure instanceof ApiFailure && !failure.passes) store.remove("opening");
    throw failure;
  }
}
