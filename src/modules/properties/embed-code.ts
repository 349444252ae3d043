/** The tag a property's web site carries to show the chat. The key only names the property, it opens nothing. */
export function embedCode(appOrigin: string, embedKey: string): string {
  return `<script src="${scriptUrl(appOrigin)}" data-embed-key="${embedKey}" async></script>`;
}

export function scriptUrl(appOrigin: string): string {
  return new URL("/widget.js", appOrigin).href;
}

type Embedding = { embedCode: string; allowedOrigins: string[]; isActive: boolean };

/** What the person who keeps the web site has to do, step by step. */
export function embedInstructions({ embedCode: code, allowedOrigins, isActive }: Embedding): string[] {
  return [
    `Put this line before </body> on every page that shall show the chat: ${code}`,
    allowedOrigins.length > 0
      ? `The chat opens on pages of ${allowedOrigins.join(", ")}; for other sites add their origin to allowed_origins.`
      : "Add the origin of your site, such as https://www.maple.example, to the property's allowed_origins; until then the chat opens on none.",
    "Where the site sends a Content-Security-Policy, allow the script's origin in script-src and connect-src, its socket (wss:) in connect-src too.",
    isActive
      ? "The chatbot is switched on: it answers as soon as the page is loaded again."
      : "The chatbot is switched off: set chatbot_is_active to true when you are ready.",
  ];
}
