// The pages of the inbox in one table: the rail, the palette and the page itself all read it. A new page is one entry
// here, its name in `Page` (work_state.ts) and its address in routes.ts.

import type { ComponentType } from "preact";
import { _ } from "../../../shared/i18n.ts";
import { inboxIcon, shieldCheckIcon, userIcon } from "../../../shared/icons.ts";
import { bookIcon, historyIcon, usersIcon, zapIcon } from "../../icons.ts";
import type { Page } from "../../state/work_state.ts";
import { AccountPage } from "./account_page.tsx";
import { AgentsPage } from "./agents_page.tsx";
import { AuditPage } from "./audit_page.tsx";
import { CannedPage } from "./canned_page.tsx";
import { PrivacyPage } from "./privacy_page.tsx";
import { TrainingPage } from "./training_page.tsx";

export interface PageEntry {
  page: Page;
  /** The action that a role must have to see the page; the server decides again. */
  needs: string;
  name: () => string;
  /** One sentence below the name. */
  about: () => string;
  icon: string;
  /** Nothing for the chats, which are the desk itself. */
  Body: ComponentType | null;
  /** For tables with many columns. */
  wide?: boolean;
}

export const PAGES: readonly PageEntry[] = [
  { page: "chats", needs: "conversation_list", name: () => _("Chats"), about: () => "", icon: inboxIcon, Body: null },
  {
    page: "canned",
    needs: "canned_list",
    name: () => _("Canned replies"),
    about: () => _("Answers written once. In a reply, type / and a few letters to use one."),
    icon: zapIcon,
    Body: CannedPage,
  },
  {
    page: "training",
    needs: "training_list",
    name: () => _("Training store"),
    about: () => _("Chats of visitors who agreed, as they are stored to learn from: pseudonymised, which is not anonymous."),
    icon: bookIcon,
    Body: TrainingPage,
  },
  {
    page: "agents",
    needs: "agents_list",
    name: () => _("Agents"),
    about: () => _("Who answers, who is here now, and what each of them may do."),
    icon: usersIcon,
    Body: AgentsPage,
    wide: true,
  },
  {
    page: "privacy",
    needs: "proof_read",
    name: () => _("Privacy"),
    about: () => _("Prove what somebody agreed to, and act on their rights. Whatever is done here is in the audit log."),
    icon: shieldCheckIcon,
    Body: PrivacyPage,
    wide: true,
  },
  {
    page: "audit",
    needs: "audit_list",
    name: () => _("Audit log"),
    about: () => _("Who opened, changed or exported what, and why. Never a word of a chat."),
    icon: historyIcon,
    Body: AuditPage,
    wide: true,
  },
  {
    page: "account",
    needs: "sign_in_list",
    name: () => _("Your account"),
    about: () => _("How this browser tells you of chats, and how you sign in."),
    icon: userIcon,
    Body: AccountPage,
  },
];
