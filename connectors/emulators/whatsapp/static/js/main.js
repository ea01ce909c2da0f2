// The page: who has a phone, which phones are in hand, and what happens in them.

import * as api from "./api.js";
import { avatar, h, icon } from "./dom.js";
import { Phone, noteMessage } from "./phone.js";

const street = document.getElementById("phones");
const connection = document.getElementById("connection");
const world = { people: new Map(), numbers: [], samples: [], places: [] };
const inHand = new Map();
const isNarrow = () => matchMedia("(max-width: 44rem)").matches;

// The address holds what is open, as #phone:number,phone: a link can be sent, and a reload changes nothing.
function fromAddress() {
  return decodeURIComponent(location.hash.slice(1)).split(",").filter(Boolean).map((part) => part.split(":"));
}

function toAddress() {
  const parts = [...inHand.values()].map((phone) => [phone.person.wa_id, phone.chat?.number.phone_number_id].filter(Boolean).join(":"));
  history.replaceState(null, "", `#${parts.join(",")}`);
}

function drawPeople() {
  for (const [id, isHere] of [["customers", (one) => one.role !== "merchant"], ["merchants", (one) => one.role === "merchant"]]) {
    const people = [...world.people.values()].filter(isHere);
    document.getElementById(id).replaceChildren(...people.map(personButton));
  }
}

function personButton(person) {
  const isHeld = inHand.has(person.wa_id);
  const toggle = () => (isHeld && !isNarrow() ? putAway(person.wa_id) : pickUp(person.wa_id, true));
  const below = person.role === "merchant" ? person.shop : `+${person.wa_id}`;
  return h("li", {}, h(
    "button",
    { type: "button", class: "person", "aria-pressed": String(isHeld), "data-wa": person.wa_id, onclick: toggle },
    avatar(person.name, person.wa_id),
    h("span", { class: "person-words" }, h("strong", {}, person.name), h("small", {}, below)),
    person.role === "merchant" && h("span", { class: "mark" }, icon("shop")),
    h("span", { class: "dot", hidden: true, title: "New message" }),
  ));
}

function pickUp(waId, isAsked) {
  const person = world.people.get(waId);
  if (!person) return null;
  if (isNarrow()) for (const other of [...inHand.keys()]) if (other !== waId) inHand.delete(other);
  let phone = inHand.get(waId);
  if (!phone) {
    phone = new Phone(person, world, { onClose: () => putAway(waId), onMove: toAddress });
    inHand.set(waId, phone);
  }
  draw();
  if (isAsked) {
    phone.element.scrollIntoView({ behavior: "smooth", inline: "center", block: "nearest" });
    document.querySelector(`.person[data-wa="${waId}"]`)?.focus({ preventScroll: true });
  }
  return phone;
}

function putAway(waId) {
  inHand.delete(waId);
  draw();
  document.querySelector(`.person[data-wa="${waId}"]`)?.focus({ preventScroll: true });
}

function draw() {
  const wanted = [...inHand.values()].map((phone) => phone.element);
  for (const element of [...street.children]) if (!wanted.includes(element)) element.remove();
  for (const element of wanted) if (!element.isConnected) street.append(element);
  if (!wanted.length) street.replaceChildren(h("p", { class: "empty" }, "Pick up a phone to begin."));
  drawPeople();
  toAddress();
}

function onMessage(event, isNew) {
  const person = world.people.get(event.wa_id);
  if (!person) return;
  const phone = inHand.get(event.wa_id);
  if (phone) {
    phone.onMessage(event.phone_number_id, event.message, isNew);
    return;
  }
  noteMessage(person, event.phone_number_id, event.message, isNew);
  const dot = document.querySelector(`.person[data-wa="${event.wa_id}"] .dot`);
  if (dot && isNew && event.message.from === "business") dot.hidden = false;
}

// What happened before the stream opened is read then, the first time as after a break.
let wasAway = true;

function onState(isHere) {
  connection.textContent = isHere ? "Connected" : "The simulator does not answer. Trying again …";
  connection.classList.toggle("away", !isHere);
  if (isHere && wasAway) for (const phone of inHand.values()) phone.reload()?.catch(() => {});
  wasAway = !isHere;
}

function onAddPhone(form) {
  const problem = form.querySelector(".problem");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const person = { name: form.elements.name.value, phone: form.elements.phone.value, hides_phone: form.elements.hides_phone.checked };
    try {
      const { phone } = await api.addPhone(person);
      world.people.set(phone.wa_id, world.people.get(phone.wa_id) ?? { ...phone, threads: [] });
      form.reset();
      form.closest("details").open = false;
      problem.hidden = true;
      pickUp(phone.wa_id, true);
    } catch (error) {
      problem.textContent = error.message;
      problem.hidden = false;
    }
  });
}

function placesAround({ latitude, longitude }) {
  return [
    { latitude: latitude + 0.0021, longitude: longitude + 0.0034, name: "Home, Extension 2", address: "Near the taxi rank, Diepsloot" },
    { latitude: latitude - 0.0123, longitude: longitude + 0.0075, name: "Auntie's place, Extension 6", address: "Behind the clinic, Diepsloot" },
    { latitude: latitude + 0.26, longitude: longitude + 0.16, name: "Far away", address: "Outside every delivery zone" },
  ].map((place) => ({ ...place, latitude: Number(place.latitude.toFixed(5)), longitude: Number(place.longitude.toFixed(5)) }));
}

async function begin() {
  const { phones, numbers, place, samples } = await api.phones();
  Object.assign(world, { numbers, samples, places: placesAround(place), people: new Map(phones.map((one) => [one.wa_id, one])) });
  const asked = fromAddress();
  if (asked.length) {
    for (const [waId, number] of isNarrow() ? asked.slice(0, 1) : asked) {
      const phone = pickUp(waId, false);
      if (phone && number) await phone.open(number);
    }
  } else {
    const [first] = phones;
    const merchant = phones.find((one) => one.role === "merchant");
    const second = phones.filter((one) => one.role !== "merchant")[1];
    const chosen = isNarrow() ? [first] : [first, second, merchant];
    for (const person of chosen.filter(Boolean)) pickUp(person.wa_id, false);
  }
  draw();
  api.watch(
    {
      message: (event) => onMessage(event, true),
      changed: (event) => onMessage(event, false),
      typing: (event) => inHand.get(event.wa_id)?.onTyping(event.phone_number_id),
      phone: ({ phone }) => {
        if (!world.people.has(phone.wa_id)) world.people.set(phone.wa_id, { ...phone, threads: [] });
        drawPeople();
      },
    },
    onState,
  );
  document.addEventListener("visibilitychange", () => inHand.forEach((phone) => phone.chat?.look()));
}

onAddPhone(document.getElementById("add-phone"));
begin().catch((error) => {
  connection.textContent = error.message;
  connection.classList.add("away");
});
