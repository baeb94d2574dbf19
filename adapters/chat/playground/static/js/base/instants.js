// Instants: in the viewer's zone, with UTC beside.

import { h } from "./dom.js";

const DAY = 86_400_000;
const options = { hourCycle: "h23" };
const clock = new Intl.DateTimeFormat(undefined, {
  ...options,
  hour: "2-digit",
  minute: "2-digit",
});
const clockToSecond = new Intl.DateTimeFormat(undefined, {
  ...options,
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const dayOfYear = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  year: "numeric",
});
const longDay = new Intl.DateTimeFormat(undefined, {
  weekday: "long",
  day: "numeric",
  month: "long",
});
const whole = new Intl.DateTimeFormat(undefined, {
  ...options,
  dateStyle: "full",
  timeStyle: "long",
});

function midnight(instant) {
  return new Date(instant.getFullYear(), instant.getMonth(), instant.getDate()).getTime();
}

function daysFromToday(instant) {
  return Math.round((midnight(instant) - midnight(new Date())) / DAY);
}

function dayName(instant) {
  const distance = daysFromToday(instant);
  if (distance === 0) return "";
  if (distance === 1) return "tomorrow, ";
  if (distance === -1) return "yesterday, ";
  const sameYear = instant.getFullYear() === new Date().getFullYear();
  return `${(sameYear ? day : dayOfYear).format(instant)}, `;
}

function utc(instant, toSecond) {
  const iso = instant.toISOString();
  const time = iso.slice(11, toSecond ? 19 : 16);
  const sameDay = iso.slice(8, 10) === String(instant.getDate()).padStart(2, "0");
  return sameDay ? `${time} UTC` : `${iso.slice(0, 10)} ${time} UTC`;
}

/** Names a day, for the line between two days. */
export function nameDay(iso) {
  const instant = new Date(iso);
  const distance = daysFromToday(instant);
  if (distance === 0) return "Today";
  return distance === -1 ? "Yesterday" : longDay.format(instant);
}

/** Tells two days apart. */
export function sameDay(one, other) {
  return midnight(new Date(one)) === midnight(new Date(other));
}

/** Shows when something was said: the time of day; all of it on hovering. */
export function shortTime(iso, { toSecond = false } = {}) {
  const instant = new Date(iso);
  const title = `${whole.format(instant)} (${utc(instant, true)})`;
  return h("time", { datetime: iso, title }, (toSecond ? clockToSecond : clock).format(instant));
}

/** Says how long ago something was, in a word or two. */
export function ago(iso) {
  const seconds = (Date.now() - Date.parse(iso)) / 1000;
  if (seconds < 60) return "just now";
  const instant = new Date(iso);
  return `${dayName(instant) || "today, "}${clock.format(instant)}`;
}

/** Shows an instant: the viewer's time, UTC beside it where that is another time, and what is left. */
export function showInstant(iso, { toSecond = false, countdown = false } = {}) {
  const instant = new Date(iso);
  const local = `${dayName(instant)}${(toSecond ? clockToSecond : clock).format(instant)}`;
  const isUtc = instant.getTimezoneOffset() === 0;
  const element = h(
    "time",
    {
      class: "instant",
      datetime: iso,
      title: `${whole.format(instant)} (${instant.toISOString()})`,
    },
    isUtc ? `${local} UTC` : [local, h("span", { class: "utc" }, utc(instant, toSecond))],
  );
  if (countdown && isAhead(instant)) element.append(makeCountdown(instant));
  return element;
}

// ── what is left ────────────────────────────────────────────────────────────────────────────────

const COUNTDOWN_MAX = 2 * DAY; // farther ahead, the date says more
const running = new Set();
let ticking = null;

function isAhead(instant) {
  const left = instant.getTime() - Date.now();
  return left > 0 && left < COUNTDOWN_MAX;
}

function makeCountdown(instant) {
  // A screen reader has the time itself; a number that runs would only disturb.
  const element = h("span", { class: "until", "aria-hidden": "true" }, sayLeft(instant));
  running.add({ element, instant, wasShown: false });
  ticking ??= setInterval(tick, 1000);
  return element;
}

function sayLeft(instant) {
  const seconds = Math.ceil((instant.getTime() - Date.now()) / 1000);
  if (seconds < 120) return `in ${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 120) return `in ${minutes} min`;
  return `in ${Math.floor(minutes / 60)} h ${minutes % 60 ? `${minutes % 60} min` : ""}`.trim();
}

function tick() {
  for (const one of running) {
    if (!one.element.isConnected) {
      if (one.wasShown) running.delete(one);
      continue;
    }
    one.wasShown = true;
    if (one.instant.getTime() > Date.now()) {
      one.element.textContent = sayLeft(one.instant);
    } else {
      one.element.remove();
      running.delete(one);
    }
  }
  if (running.size === 0) {
    clearInterval(ticking);
    ticking = null;
  }
}
