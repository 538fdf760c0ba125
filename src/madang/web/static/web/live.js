// Comfort only: every page works without this file.

// A form is sent once; it opens again when the page comes back or the answer was a download.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented) return; // htmx sends this one
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 8000);
});
addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});

// An answer that htmx could not show must not be lost in silence.
for (const name of ["htmx:response:error", "htmx:error"])
  document.addEventListener(name, (event) => {
    if (event.detail.ctx?.response?.status === 422) return;
    document.getElementById("trouble").hidden = false;
    document.getElementById("trouble").scrollIntoView({ block: "center" });
  });

document.addEventListener("htmx:after:swap", () => (document.getElementById("trouble").hidden = true));

// <section data-live="hearing.7" hx-get="" hx-trigger="live"> is fetched anew when its topic speaks.
const url = document.querySelector('meta[name="live-url"]')?.content;
const topics = [...new Set([...document.querySelectorAll("[data-live]")].map((e) => e.dataset.live))];
let source, missed = false;
const refresh = (topic) =>
  document.querySelectorAll("[data-live]").forEach((element) => {
    // Who reads or writes in it is not disturbed; it is fetched at the next word.
    const isInUse = element.contains(document.activeElement);
    if (!isInUse && (!topic || element.dataset.live === topic)) htmx.trigger(element, "live");
  });
const listen = () => {
  source?.close();
  if (document.hidden) return void (missed = true);
  source = new EventSource(`${url}?${new URLSearchParams(topics.map((topic) => ["topic", topic]))}`);
  source.onopen = () => missed && refresh((missed = false));
  source.onerror = () => (missed = true);
  source.onmessage = (message) => refresh(message.data);
};
if (url && topics.length) document.addEventListener("visibilitychange", listen), listen();
