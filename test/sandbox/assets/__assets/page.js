// Redraws the page from the server while the box is ticked; what is folded open stays open.
const box = document.querySelector("#refresh");
const content = document.querySelector("#content");
box.closest("label").hidden = false;

async function redraw() {
  const answer = await fetch("/", { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#content");
  if (fresh === null || fresh.innerHTML === drawn) return;
  drawn = fresh.innerHTML;
  const open = [...content.querySelectorAll("details[open]")].map((details) => details.id);
  const focused = document.activeElement?.closest("details")?.id;
  content.innerHTML = drawn;
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (focused) document.getElementById(focused)?.querySelector("summary")?.focus();
}

let drawn = "";
setInterval(() => {
  if (box.checked && !document.hidden) redraw().catch(() => undefined);
}, 3000);
