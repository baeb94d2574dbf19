// The page talks to its server.

import { begin, changed, keep, store } from "./store.js";

const BASE = "/playground/api/";

/** The server refused; the text is a sentence for the person. */
export class Refusal extends Error {}

/** The server cannot be reached (now); saying it again is safe. */
export class Unreachable extends Error {}

async function call(path, options) {
  let response;
  try {
    response = await fetch(BASE + path, { cache: "no-store", ...options });
  } catch (failed) {
    if (failed.name === "AbortError") throw failed;
    throw new Unreachable("The playground's server cannot be reached.");
  }
  const body = await response.json().catch(() => ({}));
  if (response.ok) return body;
  if (body.error) throw new Refusal(body.error);
  throw new Refusal("The playground's server failed at this. Its log says more.");
}

/** Asks the server. */
export function ask(path, query = {}, options = {}) {
  return call(`${path}?${new URLSearchParams({ as: store.me ?? "", ...query })}`, options);
}

/** Tells the server. */
export function tell(path, body) {
  return call(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Playground": "page" },
    body: JSON.stringify({ as: store.me, ...body }),
  });
}

/** Tells the server, and again while it is away: it takes each delivery once. */
export async function tellOnce(path, body) {
  for (const pause of [400, 1200, 3000]) {
    try {
      return await tell(path, body);
    } catch (failed) {
      if (!(failed instanceof Unreachable)) throw failed;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  return tell(path, body);
}

// ── live ────────────────────────────────────────────────────────────────────────────────────────

const PAUSE_MIN = 250; // milliseconds
const PAUSE_MAX = 4000; // a server that is back is found within four seconds

let onArrivals = () => {};
let pause = PAUSE_MIN;

/** Keeps the store up to date for as long as the page is open. `arrivals` gets the new messages. */
export function follow(arrivals) {
  onArrivals = arrivals;
  connect();
}

function connect() {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const query = new URLSearchParams({ as: store.me, since: store.change });
  const socket = new WebSocket(`${scheme}//${location.host}${BASE}live?${query}`);
  socket.addEventListener("open", () => {
    pause = PAUSE_MIN;
    setOnline(true);
  });
  socket.addEventListener("message", (received) => take(JSON.parse(received.data)));
  socket.addEventListener("close", () => {
    // A quick restart is nobody's business.
    setTimeout(() => socket === current && setOnline(false), 1200);
    setTimeout(reconnect, pause);
    pause = Math.min(pause * 2, PAUSE_MAX);
  });
  current = socket;
}

let current = null;

async function reconnect() {
  try {
    const start = await ask("start");
    // Another memory, or we are nobody here any more: begin again.
    if (start.memory !== store.memory || start.me !== store.me) return location.reload();
    const { change, newest } = store;
    begin(start);
    // Keep our place: what we missed still has to come.
    Object.assign(store, { change, newest });
    connect();
  } catch {
    setOnline(false);
    setTimeout(reconnect, pause);
    pause = Math.min(pause * 2, PAUSE_MAX);
  }
}

function setOnline(online) {
  if (store.online === online) return;
  store.online = online;
  changed();
}

/** Takes what is new. Telling the same twice changes nothing. */
function take(news) {
  const arrived = news.messages.filter((message) => message.id > store.newest);
  keep(news.messages);
  store.change = Math.max(store.change, news.change);
  for (const message of arrived) store.newest = Math.max(store.newest, message.id);
  for (const { place, number } of news.readings) markRead(store.places.get(place), number);
  onArrivals(arrived);
  changed();
}

function markRead(place, number) {
  if (place === undefined || number <= place.read) return;
  place.read = number;
  place.unread = [...store.messages.values()].filter(
    (message) => message.place === place.key && message.id > number && message.author !== store.me,
  ).length;
}
