// What the role of the signed-in agent allows; the server decides, the screen only switches off the rest.

import type { AgentView } from "./server/wire.ts";

/** Say whether a role may do something; actions are the server's events by name. */
export function may(me: AgentView | null, action: string): boolean {
  return me?.actions.includes(action) ?? false;
}
