// What stands beside the conversation: a thread, or trying a statement.

import { fill, h } from "./base/dom.js";
import { icon } from "./base/icons.js";
import { authorOf, store } from "./base/store.js";
import { makeComposer } from "./composer.js";
import { makeConversation } from "./conversation.js";
import { makeTryIt } from "./try_it.js";

/** Makes the panel, which puts itself into `shell`; `close` is called by its cross. */
export function makePanel(shell, close) {
  const element = h("aside", { class: "sheet panel" });
  const thread = makeConversation("Thread");
  const composer = makeComposer(() => ({
    place: store.here,
    thread: store.panel?.root ?? null,
    name: "Reply in the thread",
  }));
  composer.element.prepend(thread.jump);
  let tryIt = null;
  let shown = null;

  function showThread() {
    const about = `#${store.places.get(store.here).name}`;
    fill(element, buildHeader("Thread", about, close), thread.scroller, composer.element);
  }

  function showTryIt() {
    tryIt ??= makeTryIt();
    fill(element, buildHeader("Try it", `As ${authorOf(store.me).name}`, close), tryIt.element);
    requestAnimationFrame(() => {
      tryIt.glance();
      tryIt.focus();
    });
  }

  function draw() {
    const { panel } = store;
    const key = panel === null ? null : `${panel.kind} ${panel.root ?? ""}`;
    if (key !== shown) {
      shown = key;
      if (panel === null) return element.remove();
      element.setAttribute("aria-label", panel.kind === "thread" ? "Thread" : "Try it");
      if (panel.kind === "thread") showThread();
      else showTryIt();
      shell.append(element);
    }
    if (panel?.kind !== "thread") return undefined;
    thread.draw(store.messages.get(panel.root)?.place ?? store.here, panel.root);
    return composer.draw();
  }

  return { draw, focusComposer: composer.focus };
}

function buildHeader(title, about, close) {
  const label = title === "Thread" ? "Close the thread" : "Close";
  return h(
    "header",
    {},
    h("div", { class: "heading" }, h("h2", {}, title), h("p", {}, about)),
    h(
      "button",
      { type: "button", class: "icon-button", "aria-label": label, click: close },
      icon("close"),
    ),
  );
}
