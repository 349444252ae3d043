/** What the page hears about, by name. Each also reaches `window` as a DOM event `domiq:<name>`. */
export type PageEvents = {
  ready: { property: { id: string; name: string } };
  /** A message stored since the page opened, the visitor's own included. */
  message: { id: string; role: string; text: string };
  error: { code: string; message: string };
};

/** The page's handle on the widget: `window.DomIQ`. */
export type DomIQ = {
  open: () => void;
  close: () => void;
  toggle: () => void;
  /** Calls `listener` for each event; a `ready` that is already past is told at once. Returns how to stop. */
  on: <Name extends keyof PageEvents>(name: Name, listener: (detail: PageEvents[Name]) => void) => () => void;
};

declare global {
  interface Window {
    DomIQ?: DomIQ;
  }
}

type Listener = (detail: never) => void;

/** The events of one widget: `on` is the page's side, `announce` the widget's. */
export function pageEvents() {
  const listeners = new Map<keyof PageEvents, Set<Listener>>();
  let ready: PageEvents["ready"] | null = null;

  const on: DomIQ["on"] = (name, listener) => {
    const those = listeners.get(name) ?? new Set();
    listeners.set(name, those.add(listener));
    if (name === "ready" && ready) (listener as (detail: PageEvents["ready"]) => void)(ready);
    return () => void those.delete(listener);
  };

  function announce<Name extends keyof PageEvents>(name: Name, detail: PageEvents[Name]) {
    if (name === "ready") ready = detail as PageEvents["ready"];
    for (const listener of listeners.get(name) ?? []) {
      try {
        (listener as (detail: PageEvents[Name]) => void)(detail);
      } catch (error) {
        reportError(error); // The page's own mistake must not stop the chat.
      }
    }
    window.dispatchEvent(new CustomEvent(`domiq:${name}`, { detail }));
  }

  return { on, announce };
}
