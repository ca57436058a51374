// What makes a page handier. Every page works without it.
"use strict";

function showable(input) {
  const button = document.createElement("button");
  const label = document.querySelector(`label[for="${CSS.escape(input.id)}"]`);
  const show = (shown) => {
    input.type = shown ? "text" : "password";
    button.textContent = shown ? input.dataset.hide : input.dataset.show;
    button.setAttribute("aria-label", `${label ? label.textContent.trim() : ""} ${button.textContent}`.trim());
  };
  button.type = "button";
  button.className = "show";
  button.setAttribute("aria-controls", input.id);
  button.addEventListener("click", () => show(input.type === "password"));
  // A browser offers to keep what was typed as text, for everybody to see.
  input.form?.addEventListener("submit", () => show(false));
  show(false);
  input.after(button);
}

function local(time) {
  const at = new Date(time.dateTime);
  const form = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  time.title = time.textContent;
  time.textContent = form.format(at);
}

function confirming(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sure) {
      delete form.dataset.sure;
      return;
    }
    event.preventDefault();
    ask(form, () => {
      form.dataset.sure = "yes";
      form.requestSubmit(event.submitter);
    });
  });
}

function ask(form, agreed) {
  const dialog = document.createElement("dialog");
  const question = document.createElement("p");
  const ways = document.createElement("div");
  question.id = "question";
  question.textContent = form.dataset.confirm;
  ways.className = "ways";
  ways.append(way(form.dataset.no, "plain", () => dialog.close()), way(form.dataset.yes, "danger", () => { dialog.close(); agreed(); }));
  dialog.setAttribute("aria-labelledby", question.id);
  dialog.append(question, ways);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function way(words, kind, chosen) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = kind;
  button.textContent = words;
  button.addEventListener("click", chosen);
  return button;
}

// A second click while the first is on its way would be a second attempt.
function once(form) {
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 3000); // a file may have come instead of a page
  });
}

document.querySelectorAll("input[data-show]").forEach(showable);
document.querySelectorAll("time[data-local]").forEach(local);
document.querySelectorAll("form[data-confirm]").forEach(confirming);
document.querySelectorAll("form[method=post]").forEach(once);
document.querySelector(".errors")?.focus();

// What was done is said once, and not again when the page is loaded again.
const address = new URL(location.href);
if (address.searchParams.has("done")) {
  address.searchParams.delete("done");
  history.replaceState(null, "", address);
}
