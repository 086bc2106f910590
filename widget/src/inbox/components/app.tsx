// What is on the screen: nothing yet, the sign-in, or the desk.

import { _ } from "../../shared/i18n.ts";
import { useSelect } from "./desk.tsx";
import { SignIn } from "./sign_in.tsx";
import { Workspace } from "./workspace.tsx";

export function App() {
  const signed = useSelect((state) => state.signed);
  if (signed === "in") return <Workspace />;
  if (signed === "out") return <SignIn />;
  if (signed === "unreachable") {
    return (
      <main class="gate">
        <p role="alert">{_("The server cannot be reached. This page tries again by itself.")}</p>
      </main>
    );
  }
  return <main class="gate" aria-busy="true" />;
}
