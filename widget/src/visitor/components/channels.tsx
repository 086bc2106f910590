// The shop's other channels: the friendly way out.
import type { ChannelView } from "@protocol";
import { Icon } from "../../shared/icon.tsx";
import { externalLinkIcon, mailIcon, mapPinIcon, messageIcon, phoneIcon } from "../../shared/icons.ts";

export function Channels({ channels }: { channels: readonly ChannelView[] }) {
  const safe = channels.filter((channel) => /^(https?:|mailto:|tel:|\/)/i.test(channel.url));
  if (safe.length === 0) return null;
  return (
    <ul class="channels">
      {safe.map((channel) => (
        <li key={channel.url}>
          <a class="channel" href={channel.url} target="_blank" rel="noopener">
            <Icon path={iconOf(channel.kind)} />
            <span dir="auto">{channel.label}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}

function iconOf(kind: string): string {
  if (kind === "email") return mailIcon;
  if (kind === "phone") return phoneIcon;
  if (kind === "address") return mapPinIcon;
  if (kind === "message") return messageIcon;
  return externalLinkIcon;
}
