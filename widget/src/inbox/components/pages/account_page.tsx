// The agent's own account: how the inbox looks and tells, the second factor, where one is signed in.

import { useEffect, useState } from "preact/hooks";
import { _, formatDateTime } from "../../../shared/i18n.ts";
import type { SignInListAnswer } from "../../server/wire.ts";
import { ComfortCard } from "./comfort_card.tsx";
import { useDesk, useSelect } from "../desk.tsx";
import { SecondFactor } from "./second_factor.tsx";

function SignIns({ known, onRevoke }: { known: SignInListAnswer; onRevoke: (id: string | null) => void }) {
  return (
    <section class="card">
      <h3>{_("Where you are signed in")}</h3>
      <ul class="lines">
        {known.sign_ins.map((one) => (
          <li key={one.id}>
            <span>
              {_("Since {at}", { at: formatDateTime(one.created_at) })}
              {one.current && <strong>{` ${_("This browser")}`}</strong>}
            </span>
            {!one.current && (
              <button class="button button-small" type="button" onClick={() => onRevoke(one.id)}>
                {_("Sign out there")}
              </button>
            )}
          </li>
        ))}
      </ul>
      {known.sign_ins.length > 1 && (
        <button class="button button-small" type="button" onClick={() => onRevoke(null)}>
          {_("Sign out everywhere else")}
        </button>
      )}
    </section>
  );
}

export function AccountPage() {
  const desk = useDesk();
  const { work } = desk;
  const me = useSelect((state) => state.me);
  const [known, setKnown] = useState<SignInListAnswer | null>(null);
  const load = async () => setKnown(await work.ask("sign_in_list", {}));
  useEffect(() => void load(), []);
  const revoke = async (id: string | null) => {
    const answer = await work.ask("sign_in_revoke", { id });
    if (answer !== null) setKnown(answer);
  };
  return (
    <>
      <div class="whoami">
        <p>{_("{name}, {email}", { name: me?.name ?? "", email: me?.email ?? "" })}</p>
        <button class="button button-small phone-only" type="button" onClick={() => void desk.signOut()}>
          {_("Sign out")}
        </button>
      </div>
      <ComfortCard />
      {known !== null && <SecondFactor known={known} onChange={() => void load()} />}
      {known !== null && <SignIns known={known} onRevoke={(id) => void revoke(id)} />}
    </>
  );
}
