// What the inbox keeps in this browser: unsent drafts per agent, and the sound switch.

const SOUND = "chatgate-inbox:sound";
const draftsKey = (agent: string) => `chatgate-inbox:drafts:${agent}`;

function stored<T>(key: string, fallback: T): T {
  try {
    const text = localStorage.getItem(key);
    return text === null ? fallback : (JSON.parse(text) as T);
  } catch {
    // Private windows may forbid storage; the inbox works without.
    return fallback;
  }
}

function store(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    return;
  }
}

/** Return the drafts that an agent left in this browser, by conversation. */
export function loadDrafts(agent: string): Record<string, string> {
  return stored(draftsKey(agent), {});
}

/** Keep an agent's drafts, so that a reload or a revoked session loses none. */
export function keepDrafts(agent: string, drafts: Readonly<Record<string, string>>): void {
  if (Object.keys(drafts).length === 0) forgetDrafts(agent);
  else store(draftsKey(agent), drafts);
}

/** Remove an agent's drafts: whoever signs out leaves no words of a chat behind. */
export function forgetDrafts(agent: string): void {
  try {
    localStorage.removeItem(draftsKey(agent));
  } catch {
    return;
  }
}

export function loadSound(): boolean {
  return stored(SOUND, true);
}

export function keepSound(on: boolean): void {
  store(SOUND, on);
}
