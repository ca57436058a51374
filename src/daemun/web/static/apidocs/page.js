"use strict";

const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

const place = document.getElementById("reference");

SwaggerUIBundle({
  domNode: place,
  url: new URL(place.dataset.document, location.href).href,
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  filter: false,
  // The document is never sent to somebody else's validator, no address in ours chooses another document,
  // and a token is not left in the browser's storage for the next person at this desk.
  validatorUrl: null,
  queryConfigEnabled: false,
  persistAuthorization: false,
});
