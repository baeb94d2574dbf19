// A form, in a card or in a dialog.

import { announce, h } from "./base/dom.js";
import { icon } from "./base/icons.js";

let made = 0;

/**
 * Draws a form. `press(says, fields)` submits it and gives the next form where something is still wrong;
 * `ends` are elements beside the submit button.
 */
export function buildForm(form, { press, inDialog = false, ends = [] }) {
  const prefix = `form${++made}`;
  const submit = h("button", { type: "submit", class: "button primary" }, form.submit);
  const failure = h("p", { class: "form-failed", role: "alert" });
  const element = h(
    "form",
    {
      class: "form",
      novalidate: true,
      "aria-label": form.title,
      submit: async (submitted) => {
        submitted.preventDefault();
        if (submit.ariaDisabled === "true") return;
        submit.ariaDisabled = submit.ariaBusy = "true";
        failure.textContent = "";
        try {
          const fields = Object.fromEntries(new FormData(element));
          const again = await press(form.says, fields);
          if (again && !inDialog)
            element.replaceWith(focusFirstWrong(buildForm(again, { press, ends })));
        } catch (failed) {
          failure.textContent = failed.message;
        } finally {
          submit.ariaDisabled = submit.ariaBusy = null;
        }
      },
    },
    !inDialog && h("h4", {}, form.title),
    form.fields.map((field) => buildField(field, `${prefix}-${field.name}`)),
    failure,
    h("div", { class: "form-end" }, inDialog ? [ends, submit] : [submit, ends]),
  );
  return element;
}

function buildField(field, id) {
  const input = buildInput(field, id);
  return h(
    "div",
    { class: "field" },
    h(
      "label",
      { for: id },
      field.label,
      field.optional && h("span", { class: "optional" }, " (optional)"),
    ),
    input,
    field.error && h("p", { class: "error", id: `${id}-error` }, icon("warning", 15), field.error),
    field.hint && h("p", { class: "hint", id: `${id}-hint` }, field.hint),
    field.kind === "text" && buildLeft(input, field.length_max),
  );
}

function buildInput(field, id) {
  const describedBy = [field.error && `${id}-error`, field.hint && `${id}-hint`].filter(Boolean);
  const attributes = {
    id,
    name: field.name,
    class: "input",
    "aria-describedby": describedBy.join(" ") || null,
    "aria-invalid": field.error ? "true" : null,
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

function focusFirstWrong(element) {
  queueMicrotask(() => {
    const wrong =
      element.querySelector("[aria-invalid]") ?? element.querySelector("input, textarea, select");
    wrong?.focus();
  });
  return element;
}

/** Opens a form in a dialog; it stays open, with what is wrong shown, until all is right. */
export function openForm(form, press) {
  const before = document.activeElement;
  const title = h("h2", { id: "modal-title" });
  const body = h("div");
  const close = () => dialog.close();
  const dialog = h(
    "dialog",
    {
      class: "modal",
      "aria-labelledby": "modal-title",
      close: () => {
        dialog.remove();
        if (before?.isConnected) before.focus();
      },
    },
    h(
      "header",
      {},
      title,
      h(
        "button",
        { type: "button", class: "icon-button", "aria-label": "Close", click: close },
        icon("close"),
      ),
    ),
    body,
  );
  const show = (shown) => {
    title.textContent = shown.title;
    const cancel = h("button", { type: "button", class: "button", click: close }, "Cancel");
    const submit = async (says, fields) => {
      const again = await press(says, fields);
      if (again) show(again);
      else close();
    };
    const built = buildForm(shown, { press: submit, inDialog: true, ends: [cancel] });
    body.replaceChildren(focusFirstWrong(built));
    const wrong = shown.fields.filter((field) => field.error);
    if (wrong.length) announce(wrong.map((field) => `${field.label}: ${field.error}`).join(" "));
  };
  document.body.append(dialog);
  show(form);
  dialog.showModal();
}
