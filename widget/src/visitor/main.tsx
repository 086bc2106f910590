// The visitor's widget: entry point of the frame.
import { render } from "preact";
import "../shared/tokens.css";
import "../shared/dom.css";
import { _, loadLocale } from "../shared/i18n.ts";

await loadLocale(navigator.languages);
const root = document.getElementById("chatgate") ?? document.body;
render(<main>{_("Chat")}</main>, root);
