// What the page knows. Views read it, and are drawn again after it changed.

export const BOT = null; // the bot's author in messages

export const store = {
  company: "",
  memory: "", // which chat this is: another one means that it was started afresh
  change: 0, // the last change that we have seen
  newest: 0, // the newest message that we know of
  me: null,
  people: new Map(), // account → {account, name, title, department}
  places: new Map(), // key → {key, name, topic, read, unread, loaded, more, newAfter}
  messages: new Map(), // id → message
  whispers: [], // {key, place, thread, after, kind, …}: what only this tab shows
  commands: [],
  prepared: [],
  here: null, // the key of the place that is shown
  panel: null, // {kind: "thread", root} | {kind: "try"}
  online: true,
  narrowSidebar: false,
};

const views = [];
let drawing = false;

/** Adds a view: a function that draws from the store. */
export function addView(draw) {
  views.push(draw);
}

/** Draws all views soon, once. */
export function changed() {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    for (const draw of views) draw();
  });
  // A hidden tab has no animation frames; its title shows what is unread.
  if (document.hidden) {
    setTimeout(() => {
      if (!drawing) return;
      drawing = false;
      for (const draw of views) draw();
    }, 100);
  }
}

/** Takes what the server said at the start. */
export function begin(start) {
  store.company = start.company;
  store.memory = start.memory;
  store.change = start.change;
  store.newest = start.newest;
  store.me = start.me;
  store.people = new Map(start.people.map((person) => [person.account, person]));
  store.commands = start.commands;
  store.prepared = start.prepared;
  for (const place of start.places) {
    const known = store.places.get(place.key);
    store.places.set(place.key, {
      loaded: false,
      more: false,
      newAfter: null,
      ...place,
      // After a reconnection: what we missed is counted when it comes.
      ...known,
      topic: place.topic,
      isDirect: place.key.startsWith("@"),
      name: place.key.startsWith("@") ? "jit" : place.key.slice(1),
    });
  }
}

/** Keeps messages; one that we know in a later state stays as it is. */
export function keep(messages) {
  for (const message of messages) {
    const known = store.messages.get(message.id);
    if (known === undefined || known.change <= message.change) {
      store.messages.set(message.id, message);
    }
  }
  // One's own words may arrive live before the answer to them: they are not shown twice.
  const arrived = new Set(messages.map((message) => message.token));
  store.whispers = store.whispers.filter(
    (one) => one.kind !== "outgoing" || !arrived.has(`${store.me}:${one.delivery}`),
  );
}

/** Lists a place's messages that are no replies, or a thread's, oldest first. */
export function messagesOf(place, root = null) {
  return [...store.messages.values()]
    .filter(
      (message) =>
        message.place === place &&
        (root === null ? message.root === null : message.id === root || message.root === root),
    )
    .sort((one, other) => one.id - other.id);
}

/** Tells who wrote something. */
export function authorOf(account) {
  if (account === BOT) return { account, name: "jit", title: "", isBot: true };
  return store.people.get(account) ?? { account, name: account, title: "" };
}

// ── whispers ────────────────────────────────────────────────────────────────────────────────────

const WHISPERS_MAX = 60; // some screens of them

function whispersName() {
  return `whispers ${store.memory} ${store.me}`;
}

/** Reads the whispers that this tab has kept over a reload. */
export function recallWhispers() {
  try {
    store.whispers = JSON.parse(sessionStorage.getItem(whispersName()) ?? "[]");
  } catch {
    store.whispers = [];
  }
}

/** Adds a whisper at the end of what is shown where it was said. */
export function whisper(place, thread, content) {
  const shown = messagesOf(place, thread);
  const added = {
    key: crypto.randomUUID(),
    place,
    thread,
    after: shown.length ? shown[shown.length - 1].id : 0,
    at: new Date().toISOString(),
    ...content,
  };
  store.whispers.push(added);
  rememberWhispers();
  return added;
}

/** Removes a whisper. */
export function dismiss(gone) {
  store.whispers = store.whispers.filter((one) => one.key !== gone.key);
  rememberWhispers();
  changed();
}

/** Keeps the answers over a reload of this tab; what is still under way is not worth keeping. */
export function rememberWhispers() {
  store.whispers = store.whispers.slice(-WHISPERS_MAX);
  try {
    const answered = store.whispers.filter((one) => one.kind === "answer");
    sessionStorage.setItem(whispersName(), JSON.stringify(answered));
  } catch {
    // A browser that keeps nothing shows them until the page is loaded again.
  }
}
