// What the simulator's server offers.

const BASE = "/simulator/api";

export class ApiError extends Error {}

async function ask(path, options = {}) {
  let response;
  try {
    response = await fetch(BASE + path, options);
  } catch {
    throw new ApiError("The simulator does not answer. Is it still running?");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new ApiError(answer.error ?? `The simulator answered ${response.status}.`);
  return answer;
}

const post = (path, body) =>
  ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

const threadPath = (waId, number) => `/phones/${waId}/threads/${number}`;

export const phones = () => ask("/phones");
export const addPhone = (person) => post("/phones", person);
export const thread = (waId, number) => ask(threadPath(waId, number));
export const say = (waId, number, what) => post(`${threadPath(waId, number)}/messages`, what);
export const seen = (waId, number) => post(`${threadPath(waId, number)}/seen`, {});

export function sendFile(waId, number, file, caption) {
  const form = new FormData();
  form.append("file", file);
  form.append("caption", caption);
  return ask(`${threadPath(waId, number)}/messages`, { method: "POST", body: form });
}

// Calls `on[event]` for each event, and `onState(true|false)` as the connection comes and goes.
export function watch(on, onState) {
  const source = new EventSource(`${BASE}/events`);
  source.addEventListener("ready", () => onState(true));
  source.addEventListener("error", () => onState(false));
  for (const name of Object.keys(on)) {
    source.addEventListener(name, (event) => on[name](JSON.parse(event.data)));
  }
}
