import { Api, ApiFailure, type Session } from "./api.ts";
import { backOffMs } from "./back-off.ts";
import { Chat } from "./chat.ts";
import { openOutbox } from "./outbox.ts";
import { pageEvents } from "./page-api.ts";
import { pageAddress, readSettings, type Settings } from "./settings.ts";
import { browserId, openStore } from "./store.ts";
import { View } from "./view.ts";

const smallScreen = "(max-width: 480px), (max-height: 480px)";

function start(settings: Settings, leadSource: string | undefined) {
  const { on, announce } = pageEvents();
  const prefix = `domiq:${settings.embedKey}:`;
  const store = openStore(prefix, () => localStorage);
  const tab = openStore(prefix, () => sessionStorage);
  const newId = () => crypto.randomUUID();
  const fail = (code: string, message: string) => announce("error", { code, message });

  const api = new Api({
    origin: settings.origin,
    browserId: browserId(
      openStore("domiq:", () => localStorage),
      newId,
    ),
    visit: visitOf(settings.embedKey, leadSource),
    onSession: (session) => view.configure(session),
  });
  const chat = new Chat({
    api,
    store,
    outbox: openOutbox(store, () => Date.now()),
    newId,
    openSocket: (url) => new WebSocket(url),
    isOnline: () => navigator.onLine,
    random: () => Math.random(),
    onState() {
      markRead();
      view.render(chat.state);
    },
    onNews: ({ id, role, text }) => announce("message", { id, role, text }),
    onError: fail,
  });
  const view = new View({
    settings,
    draft: tab.get("draft") ?? "",
    onDraft(text) {
      tab.set("draft", text);
      if (text !== "") chat.markTyping();
    },
    onSend: (text) => chat.send(text),
    onAskPerson: () => void chat.askPerson(),
    onRetry: (clientId) => chat.retry(clientId),
    onDiscard: (clientId) => chat.discard(clientId),
    onContact: (messageId, details) => chat.sendContact(messageId, details),
    onToggle(isOpen) {
      tab.set("open", String(isOpen));
      markRead();
    },
  });

  function markRead() {
    if (view.isOpen && document.visibilityState === "visible") chat.markRead();
  }

  function show({ chatbot, property }: Session) {
    if (!chatbot.is_active) return;
    mount();
    const chosen = tab.get("open");
    const opens = settings.open ?? chatbot.auto_open ?? false;
    // Whoever closed it wants it closed; whoever had it open before a reload wants it back.
    if (chosen === "true" || (chosen === null && opens && !matchMedia(smallScreen).matches))
      view.open({ quietly: true });
    announce("ready", { property });
  }

  function mount() {
    if (!view.host.isConnected) document.body.append(view.host);
    view.render(chat.state);
  }

  /** Until the server answers, the launcher is there in its plain dress and what is written waits. */
  async function begin(attempt = 0): Promise<void> {
    try {
      await chat.begin();
      show(await api.session());
    } catch (error) {
      const failure = error instanceof ApiFailure ? error : new ApiFailure(0, "UNEXPECTED", String(error));
      fail(failure.code, failure.message);
      if (!failure.passes) return view.host.remove();
      mount();
      setTimeout(
        () => void begin(attempt + 1),
        Math.max(failure.retryAfterMs, backOffMs(attempt + 2, Math.random)),
      );
    }
  }

  watchPage(chat, markRead);
  window.DomIQ = { on, open: () => view.open(), close: () => view.close(), toggle: () => view.toggle() };
  void begin();
}

function visitOf(embedKey: string, leadSource: string | undefined) {
  const source = leadSource ?? new URL(location.href).searchParams.get("utm_source");
  return {
    embed_key: embedKey,
    page_url: pageAddress(location.href),
    ...(document.referrer ? { referrer: pageAddress(document.referrer) } : {}),
    ...(source ? { lead_source: source.slice(0, 100) } : {}),
  };
}

function watchPage({ line }: Chat, markRead: () => void) {
  window.addEventListener("online", () => line.wake());
  window.addEventListener("offline", () => line.restart());
  window.addEventListener("pageshow", () => line.wake());
  window.addEventListener("pagehide", () => line.sleep());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    line.wake();
    markRead();
  });
}

const script = document.currentScript ?? document.querySelector("script[data-embed-key]");
const settings =
  script instanceof HTMLScriptElement ? readSettings(script, document.documentElement.lang) : null;
// A page that carries the tag twice gets one widget.
if (script instanceof HTMLScriptElement && settings && !window.DomIQ) {
  const { leadSource } = script.dataset;
  if (document.body) start(settings, leadSource);
  else document.addEventListener("DOMContentLoaded", () => start(settings, leadSource));
}
