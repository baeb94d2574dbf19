// A form's field: its label, its input, what most people fill in, what is wrong with it.

import { fill, h } from "../base/dom.js";
import { icon } from "../base/icons.js";

/**
 * Makes a field: its `element`, its `input`, and `take(news)`, which shows what the server says of it
 * now and leaves what is being written alone.
 */
export function makeField(field, id) {
  const input = buildInput(field, id);
  const error = h("p", { class: "error", id: `${id}-error` });
  const hint = h("p", { class: "hint", id: `${id}-hint` });
  const proposals = h("div", { class: "proposals", id: `${id}-proposals`, hidden: true });
  const element = h(
    "div",
    { class: "field" },
    h("label", { for: id }, field.label, field.optional && buildOptional()),
    proposals,
    input,
    field.kind === "text" && buildLeft(input, field.length_max),
  );
  const made = { name: field.name, label: field.label, input, element, error: "", take };
  let proposed = "";
  let radios = [];
  input.addEventListener("input", check);

  /** `isHeld`: a new mistake is not shown yet, because it may be half a word. */
  function take(news, { isHeld = false } = {}) {
    if (!isHeld || !news.error) showError(news.error);
    hint.textContent = news.hint;
    describe();
    const offered = news.proposals ?? [];
    if (JSON.stringify(offered) === proposed) return;
    proposed = JSON.stringify(offered);
    radios = offered.map((choice) => buildRadio(choice, input));
    fill(proposals, offered.length > 0 && buildProposals(offered, radios, field.label));
    proposals.hidden = offered.length === 0;
    input.placeholder = offered.length > 0 ? "or anything else" : "";
    check();
  }

  function check() {
    for (const radio of radios) radio.checked = radio.value === input.value;
  }

  function showError(text) {
    made.error = text;
    fill(error, text && [icon("warning", 15), h("span", {}, text)]);
    if (text) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }

  function describe() {
    const told = [error, hint].filter((part) => part.textContent);
    for (const part of [error, hint]) if (!told.includes(part)) part.remove();
    // What stands there already stays: a screen reader would read it again.
    if (told.some((part) => !part.isConnected)) input.after(...told);
    if (told.length) input.setAttribute("aria-describedby", told.map((part) => part.id).join(" "));
    else input.removeAttribute("aria-describedby");
  }

  take(field);
  return made;
}

function buildOptional() {
  return h("span", { class: "optional" }, " (optional)");
}

function buildInput(field, id) {
  const attributes = {
    id,
    name: field.name,
    class: "input",
    "aria-required": field.optional ? null : "true",
    "data-focus": field.name,
    autocomplete: "off",
  };
  if (field.kind === "choice") return buildChoice(field, attributes);
  if (field.kind === "text") {
    const area = h("textarea", { ...attributes, rows: 4, maxlength: field.length_max });
    area.value = field.value;
    return area;
  }
  return h("input", {
    ...attributes,
    type: "text",
    maxlength: field.length_max,
    value: field.value,
  });
}

function buildChoice(field, attributes) {
  const isChosen = field.choices.some((choice) => choice.value === field.value);
  return h(
    "select",
    attributes,
    !isChosen && h("option", { value: "" }, "Choose…"),
    field.choices.map((choice) =>
      h("option", { value: choice.value, selected: choice.value === field.value }, choice.label),
    ),
  );
}

/** A radio button writes into the input, where anything else may be written, too. */
function buildRadio(choice, input) {
  return h("input", {
    type: "radio",
    name: `${input.id}-proposed`,
    // None of the form's own fields: what counts is what stands in the input.
    form: "",
    value: choice.value,
    change: () => {
      input.value = choice.value;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    },
  });
}

function buildProposals(offered, radios, label) {
  return h(
    "fieldset",
    { "aria-label": `${label}: what most people choose` },
    offered.map((choice, at) => h("label", { class: "proposal" }, radios[at], choice.label)),
  );
}

function buildLeft(input, lengthMax) {
  const left = h("span", { class: "left" });
  const count = () => {
    // It would only distract from a short reason.
    const rest = lengthMax - input.value.length;
    left.textContent = rest < lengthMax / 5 ? `${rest.toLocaleString()} left` : "";
  };
  input.addEventListener("input", count);
  count();
  return left;
}
