// The conversation, its composer, and the quiet line about consent below.
import { useEffect, useRef, useState } from "preact/hooks";
import { DropHint, useFileDrop } from "../../shared/files/tray.tsx";
import { spoken } from "../../shared/files/words.ts";
import { _ } from "../../shared/i18n.ts";
import { Icon } from "../../shared/icon.tsx";
import { shieldCheckIcon, wifiOffIcon } from "../../shared/icons.ts";
import { useStore } from "../../shared/use_store.ts";
import { useSession } from "../context.ts";
import { playSound } from "../sound.ts";
import { explainEnd, purposeName } from "../words.ts";
import { Composer } from "./composer.tsx";
import { MessageList } from "./message_list.tsx";
import { AskAgain, News } from "./new_text.tsx";
import { Prechat } from "./prechat.tsx";
import { Rating } from "./rating.tsx";

const OFFLINE_AFTER_MS = 1500;

export function ChatView() {
  const session = useSession();
  const { ended, news, site } = useStore(session.store);
  const takesFiles = ended === null && (site?.attachment_max_bytes ?? 0) > 0;
  const drop = useFileDrop((files) => session.files.uploads.add(files), takesFiles);
  return (
    <div class="chat" {...drop.handlers}>
      {drop.isOver && <DropHint />}
      <LineNotice />
      <MessageList />
      <Announcer />
      {news && <News />}
      {ended === null ? <WriteOn /> : <EndedBar reason={ended} />}
      <ConsentLine />
    </div>
  );
}

/** The composer, or what comes before the next message. */
function WriteOn() {
  const session = useSession();
  const { consent } = useStore(session.store);
  if (consent?.ask_again) return <AskAgain />;
  return session.aside.asksFirst ? <Prechat /> : <Composer />;
}

/** A lost line is said only when it lasts: most reconnects are over before anybody would notice. */
function LineNotice() {
  const { line, conversation } = useStore(useSession().store);
  const [isLong, setIsLong] = useState(false);
  useEffect(() => {
    setIsLong(false);
    if (line === "online") return;
    const timer = setTimeout(() => setIsLong(true), OFFLINE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [line]);
  return (
    <div role="status">
      {isLong && line !== "online" && (
        <p class="line-notice">
          <Icon path={wifiOffIcon} size={16} />
          {conversation ? _("No connection. What you write is safe.") : _("Connecting …")}
        </p>
      )}
    </div>
  );
}

/** Reads new messages to a screen reader; what was there before is not read again. */
function Announcer() {
  const { messages, ui } = useStore(useSession().store);
  const known = useRef(messages.at(-1)?.seq ?? 0);
  const [said, setSaid] = useState("");
  useEffect(() => {
    const fresh = messages.filter((one) => one.seq > known.current && one.author_kind !== "visitor");
    const isFirstFill = known.current === 0 && messages.length > 1;
    known.current = messages.at(-1)?.seq ?? 0;
    if (fresh.length > 0 && !isFirstFill) {
      if (ui["sound"] === true) playSound();
      setSaid(fresh.map((one) => `${one.author_name ?? _("The shop")}: ${spoken(one)}`).join("\n"));
    }
  }, [messages]);
  return (
    <div class="visually-hidden" role="log" aria-live="polite" aria-label={_("New messages")}>
      {said}
    </div>
  );
}

function EndedBar({ reason }: { reason: string }) {
  const session = useSession();
  const { draft, messages } = useStore(session.store);
  return (
    <div class="ended">
      <p role="status">{explainEnd(reason)}</p>
      {messages.length > 0 && <Rating />}
      {draft && (
        <p class="kept-text" dir="auto">
          {draft}
        </p>
      )}
      <button class="button button-accent" type="button" onClick={() => void session.notices.show("ended")}>
        {_("Start a new chat")}
      </button>
    </div>
  );
}

/** One tap from privacy, always. */
function ConsentLine() {
  const session = useSession();
  const { consent } = useStore(session.store);
  if (!consent) return <p class="consent-line" />;
  const given = Object.keys(consent.choices).filter((purpose) => consent.choices[purpose]);
  return (
    <p class="consent-line">
      <Icon path={shieldCheckIcon} size={14} />
      <span>
        {_("You agreed to: {purposes}.", { purposes: given.map(purposeName).join(", ") })}{" "}
        <button class="link-button" type="button" onClick={() => session.show("privacy")}>
          {_("Change")}
        </button>
      </span>
    </p>
  );
}
