// What slides up over a chat: a list's rows, attachments, a pin, and a web page in a frame.

import { h, icon } from "./dom.js";

// Opens a sheet in `host` and returns the function that closes it. Focus moves in, stays in, and goes back.
function open(host, title, className, content) {
  const before = document.activeElement;
  const chat = host.previousElementSibling;
  const close = () => {
    host.replaceChildren();
    chat.inert = false;
    before?.focus?.({ preventScroll: true });
  };
  const closer = h("button", { type: "button", class: "round", "aria-label": "Close", onclick: close }, icon("close"));
  const sheet = h(
    "div",
    { class: `sheet ${className}`, role: "dialog", "aria-modal": "true", "aria-label": title },
    h("header", {}, closer, h("h3", {}, title)),
    content(close),
  );
  sheet.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      close();
    }
  });
  chat.inert = true;
  host.replaceChildren(h("div", { class: "shade", onclick: close }), sheet);
  (sheet.querySelector("[autofocus]") ?? sheet.querySelector(".sheet-body button, input, iframe") ?? closer).focus({ preventScroll: true });
  return close;
}

export function listSheet(host, message, onChoose) {
  open(host, message.list.button, "rows", (close) => {
    const sections = message.list.sections.map((section) => [
      section.title && h("h4", {}, section.title),
      h(
        "ul",
        {},
        section.rows.map((row) => {
          const choose = () => {
            close();
            onChoose(row.id);
          };
          const words = h("span", {}, h("strong", {}, row.title), row.description && h("small", {}, row.description));
          return h("li", {}, h("button", { type: "button", class: "choice", onclick: choose }, words, h("span", { class: "radio" })));
        }),
      ),
    ]);
    return h("div", { class: "sheet-body" }, sections);
  });
}

export function attachSheet(host, samples, hands) {
  open(host, "Attach", "attach", (close) => {
    const then = (act) => () => {
      close();
      act();
    };
    const file = h("input", {
      type: "file", accept: "image/*,application/pdf", class: "hidden", tabindex: "-1", "aria-label": "Photo from this device",
      onchange: () => file.files[0] && then(() => hands.sendFile(file.files[0]))(),
    });
    const big = (name, words, act) => h("button", { type: "button", class: `tool ${name}`, onclick: act }, icon(name), h("span", {}, words));
    const pictures = samples.map((sample) =>
      h("button", { type: "button", class: "sample", onclick: then(() => hands.sendSample(sample.name)) },
        h("img", { src: sample.url, alt: "" }), h("span", {}, sample.title)),
    );
    return h(
      "div",
      { class: "sheet-body" },
      h("div", { class: "tools" },
        big("photo", "Photo", () => file.click()), big("pin", "Location", then(hands.askLocation)), big("mic", "Voice note", then(hands.sendVoice))),
      file,
      h("h4", {}, "Sample photos"),
      h("div", { class: "samples" }, pictures),
    );
  });
}

export function locationSheet(host, places, onShare) {
  open(host, "Send location", "location", (close) => {
    const share = (pin) => {
      close();
      onShare(pin);
    };
    const rows = places.map((place) =>
      h("li", {}, h("button", { type: "button", class: "choice", onclick: () => share(place) },
        icon("pin"), h("span", {}, h("strong", {}, place.name), h("small", {}, place.address)))),
    );
    const problem = h("p", { class: "problem", role: "alert", hidden: true });
    const form = h(
      "form",
      {
        class: "coordinates", novalidate: true,
        onsubmit: (event) => {
          event.preventDefault();
          const [latitude, longitude] = form.elements.where.value.split(/[,;\s]+/).map(Number);
          const isPlace = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
          problem.textContent = isPlace ? "" : "Write two numbers such as -25.9330, 28.0120.";
          problem.hidden = isPlace;
          if (isPlace) share({ latitude, longitude });
        },
      },
      h("label", {}, "Another place (latitude, longitude)", h("input", { name: "where", inputmode: "text", autocomplete: "off", placeholder: "-25.9330, 28.0120" })),
      problem,
      h("button", { type: "submit", class: "primary" }, "Send this place"),
    );
    return h("div", { class: "sheet-body" }, h("div", { class: "bigmap", "aria-hidden": "true" }, icon("pin")), h("ul", {}, rows), form);
  });
}

// A page inside the phone. What may not be framed here is opened in a tab instead.
export function pageSheet(host, link) {
  const url = new URL(link.url, location.href);
  const isLoopback = (name) => name === "localhost" || name === "127.0.0.1";
  if (isLoopback(url.hostname) && isLoopback(location.hostname) && url.port === location.port) url.hostname = location.hostname;
  if (url.origin !== location.origin) {
    window.open(url, "_blank", "noopener,noreferrer");
    return;
  }
  const close = open(host, url.host, "browser", () =>
    h("iframe", { src: url.href, title: link.label, referrerpolicy: "no-referrer" }),
  );
  const back = (event) => {
    if (event.data?.wakala !== "back-to-chat" || !host.querySelector("iframe")) return;
    if (event.source !== host.querySelector("iframe").contentWindow) return;
    window.removeEventListener("message", back);
    close();
  };
  window.addEventListener("message", back);
}
