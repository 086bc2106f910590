// The agents' inbox: entry point.
import { render } from "preact";
import "../shared/tokens.css";
import "../shared/dom.css";
import { _, loadLocale } from "../shared/i18n.ts";

await loadLocale(navigator.languages);
const root = document.getElementById("chatgate") ?? document.body;
render(<main>{_("Inbox")}</main>, root);
