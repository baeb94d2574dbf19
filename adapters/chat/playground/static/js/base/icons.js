// Icons: strokes on a grid of 16, drawn by hand.

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  hash: ["M6.2 2.5 4.8 13.5M11.2 2.5 9.8 13.5M2.8 5.8h11M2.2 10.2h11"],
  at: [
    "M8 10.6a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2Z",
    "M10.6 5.4v3.3a1.7 1.7 0 0 0 3.4 0V8a6 6 0 1 0-2.4 4.8",
  ],
  send: ["M8 13V3.4M3.8 7.4 8 3.2l4.2 4.2"],
  close: ["m4 4 8 8M12 4l-8 8"],
  thread: [
    "M2.5 4.8c0-1 .8-1.8 1.8-1.8h7.4c1 0 1.8.8 1.8 1.8v4.4c0 1-.8 1.8-1.8 1.8H7l-3 2.4V11c-.9-.2-1.5-.9-1.5-1.8Z",
  ],
  eye: [
    "M1.6 8S4 3.7 8 3.7 14.4 8 14.4 8 12 12.3 8 12.3 1.6 8 1.6 8Z",
    "M8 9.9a1.9 1.9 0 1 0 0-3.8 1.9 1.9 0 0 0 0 3.8Z",
  ],
  chevrons: ["m5 6.2 3-3 3 3M5 9.8l3 3 3-3"],
  menu: ["M2.5 4.5h11M2.5 8h11M2.5 11.5h11"],
  terminal: ["m3 4.5 3.4 3.3L3 11.2M8.2 11.8h4.8"],
  check: ["m3 8.6 3.1 3.1L13 4.6"],
  waiting: ["M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12Z", "M8 4.8V8l2.2 1.5"],
  good: ["M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12Z", "m5.4 8.2 1.8 1.8 3.4-3.8"],
  warning: [
    "M7.1 2.8 1.7 12a1 1 0 0 0 .9 1.5h10.8a1 1 0 0 0 .9-1.5L8.9 2.8a1 1 0 0 0-1.8 0Z",
    "M8 6.2v3.2M8 11.5v.1",
  ],
  bad: ["M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12Z", "m6 6 4 4M10 6l-4 4"],
  ended: ["M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12Z", "M5.4 8h5.2"],
  sun: [
    "M8 10.6a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2Z",
    "M8 1.6v1.2M8 13.2v1.2M1.6 8h1.2M13.2 8h1.2M3.5 3.5l.8.8M11.7 11.7l.8.8M3.5 12.5l.8-.8M11.7 4.3l.8-.8",
  ],
  outward: [
    "M6.2 3H4.3C3.6 3 3 3.6 3 4.3v7.4c0 .7.6 1.3 1.3 1.3h7.4c.7 0 1.3-.6 1.3-1.3V9.8M9.4 3H13v3.6M12.8 3.2 7.6 8.4",
  ],
  down: ["M8 3v9.6M3.8 8.6 8 12.8l4.2-4.2"],
};

function svg(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

/** Draws an icon. It says nothing to a screen reader: the words beside it do. */
export function icon(name, size = 16) {
  const drawn = svg("svg", {
    width: size,
    height: size,
    viewBox: "0 0 16 16",
    fill: "none",
    stroke: "currentColor",
    "stroke-width": 1.5,
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
    "aria-hidden": "true",
  });
  for (const path of PATHS[name]) drawn.append(svg("path", { d: path }));
  return drawn;
}

/** Draws the bot's mark: a clock whose time runs. */
export function logo() {
  const drawn = svg("svg", { viewBox: "0 0 32 32", class: "logo", "aria-hidden": "true" });
  const stroke = { fill: "none", stroke: "#fff", "stroke-width": 2.6, "stroke-linecap": "round" };
  drawn.append(
    svg("rect", { width: 32, height: 32, rx: 9, fill: "#2f54d1" }),
    svg("path", { d: "M16 7.5a8.5 8.5 0 1 1-7.4 4.3", ...stroke }),
    svg("path", { d: "M16 11.5V16l3 2.4", "stroke-linejoin": "round", ...stroke }),
  );
  return drawn;
}
