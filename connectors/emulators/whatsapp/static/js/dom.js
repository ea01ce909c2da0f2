// Building elements without a framework, and the icons.

const PATHS = {
  back: "M19 12H6m6-6-6 6 6 6",
  send: "M4 12 20 4l-5 16-3.500-6.500L4 12Z",
  plus: "M12 5v14M5 12h14",
  close: "M6 6l12 12M18 6 6 18",
  pin: "M12 21s7-6.200 7-11.500A7 7 0 0 0 5 9.500C5 14.800 12 21 12 21Zm0-9a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5Z",
  photo: "M4 6h16v12H4zM4 15l4.500-4.500L13 15l3-3 4 4M15.500 9.500h.01",
  mic: "M12 15a3 3 0 0 0 3-3V6a3 3 0 1 0-6 0v6a3 3 0 0 0 3 3Zm-6-3a6 6 0 0 0 12 0M12 18v3",
  list: "M8 7h12M8 12h12M8 17h12M4 7h.01M4 12h.01M4 17h.01",
  reply: "M10 8V4L3 11l7 7v-4c5 0 8 1.500 10 5 0-6-3-10.500-10-11Z",
  link: "M14 5h5v5M19 5l-8 8M17 14v4a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1h4",
  check: "m5 12 5 5L20 7",
  checks: "m2.500 12.500 4 4L15 8m-4 7 1.500 1.500L21 8",
  clock: "M12 7v5l3 2M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16Z",
  warning: "M12 8v5m0 3h.01M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z",
  shop: "M4 9l1.500-5h13L20 9M4 9a2.700 2.700 0 0 0 5.300 0 2.700 2.700 0 0 0 5.400 0A2.700 2.700 0 0 0 20 9M5.500 12v8h13v-8M10 20v-5h4v5",
  bread: "M5 10a4 3.500 0 0 1 3-4.500h8A4 3.500 0 0 1 19 10c0 1-.5 1.600-1 2v7H6v-7c-.5-.4-1-1-1-2Zm4 4h6m-6 2.500h4",
  fruit: "M12 8c-2-1.500-7-1-7 5 0 4.500 3 7 5 7 1 0 1.300-.5 2-.5s1 .5 2 .5c2 0 5-2.500 5-7 0-6-5-6.500-7-5Zm0 0c0-2 .8-3.500 3-4.500",
  market: "M3 20h18M5 20V10M19 20V10M3.500 10 6 4h12l2.500 6ZM9 20v-5h6v5",
  smile: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Zm-4-7c1 1.700 2.400 2.500 4 2.500s3-.8 4-2.500M9 9.500h.01M15 9.500h.01",
  file: "M7 3h7l4 4v14H7zM14 3v4h4",
  play: "M8 5v14l11-7L8 5Z",
};

const SVG = "http://www.w3.org/2000/svg";

export function icon(name, className = "icon") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

// h("button", { class: "x", onclick: f, "aria-label": "…" }, child, [children], "text")
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name in element && typeof value !== "string") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const HUES = ["#0d7a5f", "#a5482a", "#5b4ba0", "#1f6d94", "#8a5a00", "#9a3560", "#3f6b2a"];

// A round picture: an icon for a shop, initials for a person.
export function avatar(name, key, iconName) {
  const hue = [...key].reduce((sum, character) => sum + character.charCodeAt(0), 0) % HUES.length;
  const initials = name.split(/\s+/).slice(0, 2).map((word) => word[0] ?? "").join("").toUpperCase();
  const element = h("span", { class: "avatar", "aria-hidden": "true" }, iconName ? icon(iconName) : initials);
  element.style.setProperty("--hue", HUES[hue]);
  return element;
}

export function iconOf(number) {
  const kind = `${number.kind} ${number.name}`.toLowerCase();
  if (/kota|kitchen|food/.test(kind)) return "bread";
  if (/fruit|veg|green/.test(kind)) return "fruit";
  if (/spaza|shop|store|tuck/.test(kind)) return "shop";
  return "market";
}
