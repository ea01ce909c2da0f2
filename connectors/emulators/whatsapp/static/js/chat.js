// One chat: its messages, what is typed, and what may be tapped.

import * as api from "./api.js";
import { bubble } from "./bubbles.js";
import { avatar, h, icon, iconOf } from "./dom.js";
import { attachSheet, listSheet, locationSheet, pageSheet } from "./sheets.js";
import { dayOf } from "./wording.js";

const TYPING_MS = 25_000;

// Ticks are shown on one's own messages alone: others stay as they are, and keep the focus that may be in them.
function looksOtherwise(before, after) {
  const isMine = after.from === "phone";
  return before.reaction !== after.reaction || before.error !== after.error || (isMine && before.status !== after.status);
}

export class Chat {
  constructor(phone, number, world, host, onBack) {
    Object.assign(this, { phone, number, world, host });
    this.messages = new Map();
    this.status = h("span", { class: "status" }, number.about);
    this.log = h("ol", { class: "log", role: "log", "aria-live": "polite", "aria-label": `Chat with ${number.name}`, tabindex: "0" });
    this.problem = h("p", { class: "problem", role: "alert", hidden: true });
    this.input = h("textarea", {
      rows: "1", placeholder: "Message", "aria-label": `Message to ${number.name}`, enterkeyhint: "send", maxlength: "65536",
      oninput: () => this.fit(),
      onkeydown: (event) => this.onKey(event),
    });
    this.sendButton = h("button", { type: "submit", class: "send", "aria-label": "Record a voice note" }, icon("mic"));
    this.element = h(
      "div",
      { class: "view chat" },
      h("header", { class: "bar" },
        h("button", { type: "button", class: "round", "aria-label": "Back to chats", onclick: onBack }, icon("back")),
        avatar(number.name, number.phone_number_id, iconOf(number)),
        h("div", { class: "who" }, h("h3", {}, number.name), this.status)),
      this.log,
      this.problem,
      h("form", { class: "composer", onsubmit: (event) => this.onSubmit(event) },
        h("div", { class: "field" },
          h("button", { type: "button", class: "round", "aria-label": "Attach a photo, a location or a voice note", onclick: () => this.attach() }, icon("plus")),
          this.input),
        this.sendButton),
    );
  }

  async load() {
    const { messages } = await api.thread(this.phone.wa_id, this.number.phone_number_id);
    this.messages = new Map(messages.map((message) => [message.id, message]));
    this.draw();
    this.look();
    return this;
  }

  put(message, isNew) {
    const wasAtEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 80;
    const known = this.messages.get(message.id);
    this.messages.set(message.id, message);
    const row = this.log.querySelector(`[data-id="${CSS.escape(message.id)}"]`);
    if (!row) this.append(message, isNew);
    else if (looksOtherwise(known, message)) row.replaceWith(this.row(message));
    if (isNew && message.from === "business") this.stopTyping();
    if (wasAtEnd || (isNew && message.from === "phone")) this.toEnd();
    if (message.from === "business" && (!known || known.status !== message.status)) this.look();
  }

  draw() {
    this.lastDay = "";
    const notice = "This is a simulator: nothing you write leaves this computer.";
    this.log.replaceChildren(h("li", { class: "notice" }, notice));
    for (const message of this.messages.values()) this.append(message);
    this.toEnd();
  }

  append(message, isNew = false) {
    const day = dayOf(message.at);
    if (day !== this.lastDay) this.log.append(h("li", { class: "day" }, day));
    this.lastDay = day;
    const row = this.row(message);
    row.classList.toggle("arriving", isNew);
    this.log.append(row);
    if (this.typing) this.log.append(this.typing);
  }

  row(message) {
    const quoted = message.kind === "text" && message.reply_to ? this.messages.get(message.reply_to) : null;
    return bubble(message, quoted, {
      tap: (id, messageId) => this.say({ reply_id: id, message_id: messageId }),
      openList: (list) => listSheet(this.host, list, (id) => this.say({ reply_id: id, message_id: list.id })),
      openLink: (link) => pageSheet(this.host, link),
      askLocation: () => this.askLocation(),
      react: (id, emoji) => this.say({ reaction: { message_id: id, emoji } }),
    });
  }

  toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
    for (const picture of this.log.querySelectorAll("img:not([data-fit])")) {
      picture.dataset.fit = "";
      picture.addEventListener("load", () => this.toEnd(), { once: true });
    }
  }

  // The person sees what is on the screen: the business gets its blue ticks.
  look() {
    if (document.hidden || !this.element.isConnected) return;
    const hasNew = [...this.messages.values()].some((message) => message.from === "business" && message.status === "delivered");
    if (!hasNew) return;
    clearTimeout(this.looking);
    this.looking = setTimeout(() => api.seen(this.phone.wa_id, this.number.phone_number_id).catch(() => {}), 250);
  }

  startTyping() {
    this.stopTyping();
    this.status.textContent = "typing …";
    this.status.classList.add("busy");
    this.typing = h("li", { class: "row theirs dots", "aria-hidden": "true" }, h("div", { class: "bubble" }, h("i"), h("i"), h("i")));
    const wasAtEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 80;
    this.log.append(this.typing);
    if (wasAtEnd) this.toEnd();
    this.typingTimer = setTimeout(() => this.stopTyping(), TYPING_MS);
  }

  stopTyping() {
    clearTimeout(this.typingTimer);
    this.typing?.remove();
    this.typing = null;
    this.status.textContent = this.number.about;
    this.status.classList.remove("busy");
  }

  async say(what) {
    await this.attempt(api.say(this.phone.wa_id, this.number.phone_number_id, what));
  }

  async attempt(call) {
    try {
      await call;
      this.problem.hidden = true;
      return true;
    } catch (error) {
      this.problem.textContent = error.message;
      this.problem.hidden = false;
      return false;
    }
  }

  async onSubmit(event) {
    event.preventDefault();
    const text = this.input.value.trim();
    if (!text) {
      await this.say({ voice: true });
      return;
    }
    this.input.value = "";
    this.fit();
    if (!(await this.attempt(api.say(this.phone.wa_id, this.number.phone_number_id, { text })))) {
      this.input.value = text;
      this.fit();
    }
  }

  onKey(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (this.input.value.trim()) this.input.form.requestSubmit();
  }

  fit() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, 120)}px`;
    const hasWords = Boolean(this.input.value.trim());
    if (hasWords === this.hadWords) return;
    this.hadWords = hasWords;
    this.sendButton.setAttribute("aria-label", hasWords ? "Send" : "Record a voice note");
    this.sendButton.replaceChildren(icon(hasWords ? "send" : "mic"));
  }

  attach() {
    attachSheet(this.host, this.world.samples, {
      askLocation: () => this.askLocation(),
      sendVoice: () => this.say({ voice: true }),
      sendSample: (sample) => this.say({ sample, caption: this.takeCaption() }),
      sendFile: (file) => this.attempt(api.sendFile(this.phone.wa_id, this.number.phone_number_id, file, this.takeCaption())),
    });
  }

  takeCaption() {
    const caption = this.input.value.trim();
    this.input.value = "";
    this.fit();
    return caption;
  }

  askLocation() {
    locationSheet(this.host, this.world.places, (location) => this.say({ location }));
  }
}
