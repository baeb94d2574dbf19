// A paragraph of a card or a form: text and instants, one after the other.

import { h } from "./dom.js";
import { showInstant } from "./instants.js";

/** Draws a paragraph. */
export function buildLine(line) {
  return h(
    "p",
    {},
    line.map((piece) => buildValue(piece)),
  );
}

/** Draws a text, or an instant in the viewer's zone. */
export function buildValue(value, options) {
  return typeof value === "string" ? buildText(value) : showInstant(value.at, options);
}

/** Words to be typed stand between backticks: the one mark that a card's text has. */
function buildText(text) {
  return text.split(/`([^`]+)`/).map((part, at) => (at % 2 ? h("code", {}, part) : part));
}
