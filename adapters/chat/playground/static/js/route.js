// Where one is: it is all in the address, so that a reload, a link and the back button keep it.

import { announce } from "./base/dom.js";
import { ask } from "./base/server.js";
import { changed, keep, store } from "./base/store.js";
import { loadPlace } from "./conversation.js";

/** Goes somewhere: to a place, or opens or closes the panel beside it. */
export function visit({ here = store.here, panel = store.panel, replace = false }) {
  const query = new URLSearchParams({ as: store.me, in: here });
  if (panel?.kind === "thread") query.set("thread", panel.root);
  if (panel?.kind === "try") query.set("panel", "try");
  const address = `?${query}`;
  if (address !== location.search) {
    history[replace ? "replaceState" : "pushState"](null, "", address);
  }
  arrive();
}

/** Shows what the address says. */
export function arrive() {
  const query = new URLSearchParams(location.search);
  const wanted = query.get("in");
  const here = store.places.has(wanted) ? wanted : store.places.keys().next().value;
  if (here !== store.here) enter(here);
  const root = Number(query.get("thread"));
  if (root) enterThread(root);
  else store.panel = query.get("panel") === "try" && canTry() ? { kind: "try" } : null;
  changed();
}

/** Tells whether there is anything to try. */
export function canTry() {
  return store.prepared.length > 0;
}

function enter(here) {
  store.here = here;
  store.narrowSidebar = false;
  const place = store.places.get(here);
  place.newAfter = place.unread > 0 ? place.read : null;
  if (!place.loaded) loadPlace(here).catch((failed) => announce(failed.message));
}

async function enterThread(root) {
  if (store.panel?.root === root) return;
  store.panel = { kind: "thread", root };
  try {
    keep((await ask("thread", { root })).messages);
    changed();
  } catch {
    // A link to a thread that is not there (any more).
    if (store.panel?.root === root) visit({ panel: null, replace: true });
  }
}
