// One message of a chat.

import { h, icon } from "./dom.js";
import { formatted, summary, timeOf } from "./wording.js";

const STATUS = {
  pending: ["clock", "Waiting"],
  sent: ["check", "Sent"],
  delivered: ["checks", "Delivered"],
  read: ["checks", "Read"],
  failed: ["warning", "Not delivered"],
};
const EMOJI = ["👍", "❤️", "😂", "🙏"];

// `hands` are what can be done: tap(id, messageId), openList(message), openLink(link), askLocation(), react(id, emoji).
export function bubble(message, quoted, hands) {
  const isMine = message.from === "phone";
  const content = h(
    "div",
    { class: `content${message.text ? "" : " wordless"}` },
    quoted && h("div", { class: "quote" }, summary(quoted)),
    message.header && h("p", { class: "bubble-header" }, message.header),
    media(message),
    pin(message.location),
    message.text && h("p", { class: "words" }, formatted(message.text), !message.footer && room()),
    contacts(message.contacts),
    message.footer && h("p", { class: "bubble-footer" }, message.footer, room()),
    h("span", { class: "meta" }, h("time", { datetime: message.at }, timeOf(message.at)), isMine && ticks(message)),
  );
  const reaction = message.reaction && h("span", { class: "reaction", "aria-label": `Reaction ${message.reaction}` }, message.reaction);
  const parts = h("div", { class: "bubble" }, content, actions(message, hands), reaction);
  const row = h("li", { class: `row ${isMine ? "mine" : "theirs"} kind-${message.kind}`, "data-id": message.id }, parts);
  if (message.error) row.append(h("p", { class: "row-error" }, message.error));
  if (!isMine) row.append(reactions(message, hands));
  return row;
}

// Keeps the end of the last line free for the time, which stands over it.
const room = () => h("span", { class: "room", "aria-hidden": "true" });

function ticks(message) {
  const [name, words] = STATUS[message.status] ?? STATUS.pending;
  return h("span", { class: `ticks ${message.status}` }, icon(name), h("span", { class: "hidden" }, words));
}

function media(message) {
  if (!message.media) return null;
  const { url, mime, filename } = message.media;
  if (mime.startsWith("image/")) return h("img", { class: "picture", src: url, alt: message.text || "Photo", loading: "lazy" });
  if (mime.startsWith("audio/")) return h("audio", { class: "sound", src: url, controls: true, preload: "metadata" });
  if (mime.startsWith("video/")) return h("video", { class: "picture", src: url, controls: true, preload: "metadata" });
  return h("a", { class: "document", href: url, download: filename || "document" }, icon("file"), filename || "Document");
}

function pin(location) {
  if (!location) return null;
  const where = `${Number(location.latitude).toFixed(4)}, ${Number(location.longitude).toFixed(4)}`;
  return h(
    "div",
    { class: "place" },
    h("div", { class: "map", "aria-hidden": "true" }, icon("pin")),
    h("p", {}, h("strong", {}, location.name || "Pin"), h("br"), h("span", {}, location.address || where)),
  );
}

function contacts(cards) {
  return cards ? cards.map((card) => h("p", { class: "words" }, card.name?.formatted_name ?? "Contact")) : null;
}

function actions(message, hands) {
  const buttons = (message.buttons ?? []).map((button) =>
    h("button", { type: "button", class: "action", onclick: () => hands.tap(button.id, message.id) }, icon("reply"), button.title),
  );
  if (message.list) {
    const open = () => hands.openList(message);
    buttons.push(h("button", { type: "button", class: "action", onclick: open }, icon("list"), message.list.button));
  }
  if (message.link) {
    const open = () => hands.openLink(message.link);
    buttons.push(h("button", { type: "button", class: "action", onclick: open }, icon("link"), message.link.label));
  }
  if (message.kind === "ask_location") {
    const ask = () => hands.askLocation();
    buttons.push(h("button", { type: "button", class: "action", onclick: ask }, icon("pin"), "Send location"));
  }
  return buttons.length ? h("div", { class: "actions" }, buttons) : null;
}

function reactions(message, hands) {
  const choices = EMOJI.map((emoji) => {
    const isOn = message.reaction === emoji;
    const react = () => hands.react(message.id, isOn ? "" : emoji);
    return h("button", { type: "button", "aria-label": `React with ${emoji}`, "aria-pressed": String(isOn), onclick: react }, emoji);
  });
  return h("details", { class: "react" }, h("summary", { "aria-label": "React to this message" }, icon("smile")), h("div", {}, choices));
}
