// A scrolling list of what was said, in a place or in a thread, which stays at its end.

import { fill, h, reconcile } from "./base/dom.js";
import { icon } from "./base/icons.js";
import { rowsOf } from "./messages.js";
import { ask, tell } from "./base/server.js";
import { changed, keep, messagesOf, store } from "./base/store.js";

const AT_END = 48; // pixels: about a line more or less

/** Makes a conversation's list; `draw(place, root, options)` shows one. */
export function makeConversation(label) {
  const top = h("div");
  const list = h("ol", { class: "messages", "aria-label": label });
  const scroller = h(
    "div",
    { class: "scroller", tabindex: 0, "aria-label": label },
    h("div", {}, top, list),
  );
  const jump = h(
    "button",
    { type: "button", class: "button primary jump", hidden: true, click: () => toEnd("smooth") },
    icon("down", 14),
    "New messages",
  );
  let shown = null;
  let isAtEnd = true;
  let lastRow = null;

  function toEnd(behavior = "instant") {
    scroller.scrollTo({ top: scroller.scrollHeight, behavior });
    isAtEnd = true;
    jump.hidden = true;
  }

  scroller.addEventListener("scroll", () => {
    isAtEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < AT_END;
    if (!isAtEnd) return;
    jump.hidden = true;
    markSeen();
  });

  // Something above became taller (a font, a narrower window): the end stays in sight.
  new ResizeObserver(() => isAtEnd && toEnd()).observe(scroller);
  new ResizeObserver(() => isAtEnd && toEnd()).observe(list);

  function markSeen() {
    if (shown?.root !== null || document.hidden || !document.hasFocus()) return;
    seePlace(shown.place);
  }

  addEventListener("focus", () => isAtEnd && markSeen());
  document.addEventListener("visibilitychange", () => isAtEnd && markSeen());

  function draw(place, root, { beginning = null, ...options } = {}) {
    const isOther = shown?.place !== place || shown?.root !== root;
    shown = { place, root };
    const rows = rowsOf(place, root, options);
    reconcile(list, rows);
    drawTop(place, root, beginning);
    const last = rows.at(-1);
    const hasMore = last !== undefined && last.key !== lastRow;
    // What one says oneself, and its answer, is always shown.
    const isOwn = hasMore && (last.message === undefined || last.message.author === store.me);
    lastRow = last?.key ?? null;
    if (isOther || isAtEnd || isOwn) toEnd();
    else if (hasMore) jump.hidden = false;
    if (isAtEnd) markSeen();
  }

  function drawTop(place, root, beginning) {
    const known = store.places.get(place);
    const key = [place, root, known?.loaded, known?.more].join();
    if (top.dataset.key === key) return;
    top.dataset.key = key;
    if (root !== null || !known?.loaded) return fill(top);
    const older = h(
      "button",
      { type: "button", class: "button", click: () => loadOlder(place) },
      "Show older messages",
    );
    fill(top, known.more ? h("div", { class: "older" }, older) : beginning?.());
  }

  async function loadOlder(place) {
    const height = scroller.scrollHeight - scroller.scrollTop;
    const [first] = messagesOf(place);
    await loadPlace(place, first?.id);
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        scroller.scrollTop = scroller.scrollHeight - height;
      }),
    );
  }

  return { scroller, jump, draw };
}

/** Loads a page of a place's messages: the last ones, or those before one. */
export async function loadPlace(key, before = null) {
  const place = store.places.get(key);
  const { messages, more } = await ask(
    "history",
    before === null ? { place: key } : { place: key, before },
  );
  keep(messages);
  place.more = more;
  place.loaded = true;
  changed();
}

const telling = new Map();

function seePlace(key) {
  const place = store.places.get(key);
  if (place === undefined || !place.loaded) return;
  let last = 0;
  for (const message of store.messages.values())
    if (message.place === key) last = Math.max(last, message.id);
  if (last <= place.read && place.unread === 0) return;
  place.read = Math.max(place.read, last);
  place.unread = 0;
  changed();
  clearTimeout(telling.get(key));
  // Several messages at once are one reading.
  telling.set(
    key,
    setTimeout(() => tell("seen", { place: key, number: place.read }).catch(() => {}), 250),
  );
}
