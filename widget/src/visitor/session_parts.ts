// What a session is made of, so that a test can put it together without a browser.
import type { NoticeAnswer, SiteView } from "@protocol";
import type { ConnectionOptions } from "../shared/connection.ts";
import type { AsideParts } from "./aside.ts";
import type { ConsentRequests } from "./consent_desk.ts";
import type { Device } from "./device.ts";
import type { VisitorLine } from "./protocol.ts";
import type { FromFrame } from "./shop.ts";

export interface SessionParts {
  site: SiteView | null;
  siteId: string;
  build: string;
  locale: () => string;
  device: Device;
  shop: { isShown: boolean; isEmbedded: boolean; pagePath: string | null; tell: (message: FromFrame) => void };
  connect: (options: ConnectionOptions) => VisitorLine;
  fetchNotice: (site: string, locale: string) => Promise<NoticeAnswer>;
  consentRequests: ConsentRequests;
  exercise: AsideParts["exercise"];
}
