"use strict";

const WORDS = {
  ko: { body: "요청 본문", close: "닫기", dialog: "인증", about: "소개", answers: "응답" },
  en: { body: "Request body", close: "Close", dialog: "Authorize", about: "About", answers: "Responses" },
}[document.documentElement.lang];

const place = document.getElementById("reference");

const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

const named = (operation) =>
  `${operation.querySelector(".opblock-summary-method").textContent} ${operation.querySelector("[data-path]").dataset.path}`;

// What the vendored page leaves unsaid to a screen reader, or out of the keyboard's reach.
const NEEDS = [
  [".info .title", "aria-level", () => "2"],
  [".information-container", "role", () => "region"],
  [".information-container", "aria-label", () => WORDS.about],
  [".modal-ux", "role", () => "dialog"],
  [".modal-ux", "aria-label", () => WORDS.dialog],
  [".close-modal", "aria-label", () => WORDS.close],
  ["textarea.body-param__text", "aria-label", () => WORDS.body],
  ["tr[data-param-name] :is(select, input, textarea)", "aria-label", (field) => field.closest("tr").dataset.paramName],
  ["table[role=region]", "aria-label", (table) => `${named(table.closest(".opblock"))} ${WORDS.answers}`],
  [".auth-container h6", "aria-level", () => "5"],
  ["pre", "tabindex", () => "0"],
];

const complete = () => {
  for (const [where, attribute, value] of NEEDS) {
    for (const each of place.querySelectorAll(`${where}:not([${attribute}])`)) each.setAttribute(attribute, value(each));
  }
};
new MutationObserver(complete).observe(place, { childList: true, subtree: true });

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") place.querySelector(".close-modal")?.click();
});

// A link inside a button cannot be reached; opening an operation writes its address all the same.
const plainNames = ({ React }) => ({ components: { DeepLink: ({ text }) => React.createElement("span", null, text) } });

SwaggerUIBundle({
  domNode: place,
  url: new URL(place.dataset.document, location.href).href,
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [plainNames],
  layout: "BaseLayout",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  // The document is never sent to somebody else's validator, no address in ours chooses another document,
  // and a token is not left in the browser's storage for the next person at this desk.
  validatorUrl: null,
  queryConfigEnabled: false,
  persistAuthorization: false,
});
