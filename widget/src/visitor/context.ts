// The session, for every component.
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { VisitorSession } from "./session.ts";

const SessionContext = createContext<VisitorSession | null>(null);

export const SessionProvider = SessionContext.Provider;

export function useSession(): VisitorSession {
  const session = useContext(SessionContext);
  if (!session) throw new Error("no session");
  return session;
}
