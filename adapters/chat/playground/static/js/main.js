// The page begins here: who one is, and then the chat, kept up to date.

import { announce, fill, h } from "./base/dom.js";
import { ask, follow } from "./base/server.js";
import { authorOf, begin, recallWhispers, store } from "./base/store.js";
import { buildWelcome } from "./people.js";
import { arrive } from "./route.js";
import { makeShell } from "./shell.js";

const AGAIN = 1500; // milliseconds until a server that is not there yet is asked again
const app = document.getElementById("app");

async function open() {
  store.me = new URLSearchParams(location.search).get("as");
  try {
    begin(await ask("start"));
  } catch (failed) {
    showFailure(failed.message);
    setTimeout(open, AGAIN);
    return;
  }
  document.title = `${store.company} playground`;
  if (store.me === null) {
    fill(app, buildWelcome());
    return;
  }
  recallWhispers();
  const shell = makeShell(app);
  addEventListener("popstate", arrive);
  arrive();
  shell.focus();
  follow(countArrivals);
}

function showFailure(sentence) {
  const lead = h("p", { class: "lead" }, `${sentence} Trying again…`);
  fill(app, h("div", { class: "welcome" }, h("main", {}, h("h1", {}, "Not there yet"), lead)));
}

/** Counts what others wrote, and has it read out. */
function countArrivals(arrived) {
  for (const message of arrived) {
    const place = store.places.get(message.place);
    if (place === undefined || message.author === store.me) continue;
    place.unread += 1;
    const isMissed = place.key === store.here && (document.hidden || !document.hasFocus());
    if (isMissed && place.newAfter === null) place.newAfter = message.id - 1;
    const said = message.card ? message.card.title : message.text;
    const name = place.isDirect ? "a direct message" : `#${place.name}`;
    announce(`${authorOf(message.author).name} in ${name}: ${said.slice(0, 200)}`);
  }
}

open();
