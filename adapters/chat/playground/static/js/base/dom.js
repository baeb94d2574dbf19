// Elements are made, never parsed: data reaches the page as text nodes and attributes only.

/**
 * Makes an element. `attributes` are attributes, `class` among them; a function is a listener
 * (`click: …`); true is an empty attribute; false, null and undefined are left out.
 */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (typeof value === "function") element.addEventListener(key, value);
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
}

/** Replaces what is in an element. */
export function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
}

/**
 * Makes a list's children be those of `items`, in order, and leaves what did not change alone: focus,
 * half-written forms and screen readers stay where they are.
 * Each item is {key, version, build}.
 */
export function reconcile(list, items) {
  const known = list.known ?? new Map();
  const next = new Map();
  let previous = null;
  for (const { key, version, build } of items) {
    let row = known.get(key);
    if (row === undefined || row.version !== version) {
      const node = build();
      if (row !== undefined) replaceKeepingFocus(row.node, node);
      row = { version, node };
    }
    next.set(key, row);
    const place = previous === null ? list.firstChild : previous.nextSibling;
    if (row.node !== place) list.insertBefore(row.node, place);
    previous = row.node;
  }
  for (const [key, row] of known) if (!next.has(key)) row.node.remove();
  list.known = next;
}

function replaceKeepingFocus(old, node) {
  const hadFocus = old.contains(document.activeElement);
  const label = hadFocus ? document.activeElement.dataset.focus : undefined;
  old.replaceWith(node);
  if (!hadFocus) return;
  // The pressed button may be gone now: the message itself is the next best place.
  const same = label && node.querySelector(`[data-focus="${CSS.escape(label)}"]`);
  if (!same) node.tabIndex = -1;
  (same || node).focus({ preventScroll: true });
}

/** Tells a screen reader what is new. */
export function announce(text) {
  const log = document.getElementById("announcer");
  log.append(h("p", {}, text));
  while (log.childElementCount > 20) log.firstChild.remove();
}
