type Rect = { x: number; y: number; w: number; h: number };

const space = "http://www.w3.org/2000/svg";

/** A sketch of a flat: living room and bath, and one room more for each bedroom. */
export function planDrawing(bedrooms: number, label: string): SVGElement {
  const drawing = svg("svg", {
    viewBox: "0 0 240 150",
    role: "img",
    "aria-label": label,
    class: "plan-drawing",
  });
  drawing.append(
    ...roomsOf(bedrooms).map(({ x, y, w, h }, i) =>
      svg("rect", { x, y, width: w, height: h, class: `room r${i % 3}` }),
    ),
  );
  drawing.append(svg("rect", { x: 8, y: 8, width: 224, height: 134, class: "wall" }));
  drawing.append(svg("path", { d: "M96 142a28 28 0 0 1 28-28v28", class: "door" }));
  return drawing;
}

function roomsOf(bedrooms: number): Rect[] {
  const bath = { x: 8, y: 92, w: 56, h: 50 };
  if (bedrooms === 0) return [{ x: 8, y: 8, w: 224, h: 134 }, bath];
  const wide = Math.min(bedrooms, 4);
  const sleeping = Array.from({ length: wide }, (_, i) => ({
    x: 8 + (224 / wide) * i,
    y: 8,
    w: 224 / wide,
    h: 62,
  }));
  return [...sleeping, { x: 64, y: 70, w: 168, h: 72 }, { ...bath, y: 70, h: 72 }];
}

function svg(name: string, attributes: Record<string, string | number>): SVGElement {
  const made = document.createElementNS(space, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}
