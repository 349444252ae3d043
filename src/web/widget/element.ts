type Child = Node | string | null | undefined | false;

type Attributes = Record<string, string | boolean | null | undefined>;

/** Makes an element. A `true` attribute is set bare, a `false` or missing one left out. Text is never markup. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(made, name, value);
  made.append(...children.filter((child): child is Node | string => Boolean(child)));
  return made;
}

export function setAttribute(target: Element, name: string, value: Attributes[string]) {
  if (value === null || value === undefined || value === false) target.removeAttribute(name);
  else target.setAttribute(name, value === true ? "" : value);
}

/** A button that says `label`; with an icon the label is for assistive technology only. */
export function button(
  className: string,
  label: string,
  act: () => void,
  picture?: SVGElement,
): HTMLButtonElement {
  const made = element(
    "button",
    { type: "button", class: className, "aria-label": picture && label },
    picture ?? label,
  );
  made.addEventListener("click", act);
  return made;
}

const paths = {
  chat: "M12 3C6.5 3 2 6.7 2 11.3c0 2.6 1.5 5 3.8 6.5-.1 1-.5 2.2-1.4 3.2 1.9-.2 3.5-.9 4.6-1.7 1 .2 2 .4 3 .4 5.5 0 10-3.7 10-8.4S17.5 3 12 3Z",
  close: "m6 6 12 12M18 6 6 18",
  down: "m6 9 6 6 6-6",
  send: "M5 12h13M12 5l7 7-7 7",
  home: "M4 11.5 12 5l8 6.5V20h-5.5v-5h-5v5H4Z",
};

/** A drawing in the text's colour, hidden from assistive technology. */
export function icon(name: keyof typeof paths): SVGElement {
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", paths[name]);
  drawing.append(path);
  return drawing;
}
