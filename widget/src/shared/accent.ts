// The colours that follow from a site's accent: text on it and links in it always reach a contrast of 4.5 to 1.
import { contrast, parseHex, readableOn, type Rgb } from "./contrast.ts";

const PAPER: Rgb = [255, 255, 255];
const NIGHT: Rgb = [24, 22, 20];
const WHITE: Rgb = [255, 255, 255];
const ENOUGH = 4.5;
/** On the dark ground 4.5 is legible and dull: links and buttons there shine a little more. */
const ENOUGH_AT_NIGHT = 7;

export interface AccentColours {
  accent: string;
  accentStrong: string;
  onAccent: string;
  accentInk: string;
  accentSoft: string;
}

/** Light and dark colours for one accent, each as a CSS light-dark() value; null when it is no #rrggbb colour. */
export function accentColours(hex: string): AccentColours | null {
  const base = parseHex(hex);
  if (!base) return null;
  const bright = reach(base, WHITE, NIGHT, 3);
  return {
    accent: both(base, bright),
    accentStrong: both(mix(base, [0, 0, 0], 0.15), mix(bright, WHITE, 0.15)),
    onAccent: both(readableOn(base), readableOn(bright)),
    accentInk: both(reach(base, [0, 0, 0], PAPER, ENOUGH), reach(base, WHITE, NIGHT, ENOUGH_AT_NIGHT)),
    accentSoft: both(mix(base, PAPER, 0.92), mix(base, NIGHT, 0.8)),
  };
}

/** Put the accent on a page. */
export function applyAccent(root: HTMLElement, hex: string): void {
  const colours = accentColours(hex);
  if (!colours) return;
  root.style.setProperty("--accent", colours.accent);
  root.style.setProperty("--accent-strong", colours.accentStrong);
  root.style.setProperty("--on-accent", colours.onAccent);
  root.style.setProperty("--accent-ink", colours.accentInk);
  root.style.setProperty("--accent-soft", colours.accentSoft);
}

/** Move `colour` towards `towards` until it stands out from `ground`. */
function reach(colour: Rgb, towards: Rgb, ground: Rgb, wanted: number): Rgb {
  for (let share = 0; share < 1; share += 0.05) {
    const candidate = mix(colour, towards, share);
    if (contrast(candidate, ground) >= wanted) return candidate;
  }
  return towards;
}

function mix(from: Rgb, to: Rgb, share: number): Rgb {
  return [0, 1, 2].map((index) => from[index]! + (to[index]! - from[index]!) * share) as unknown as Rgb;
}

function both(light: Rgb, dark: Rgb): string {
  return `light-dark(${css(light)}, ${css(dark)})`;
}

function css(colour: Rgb): string {
  return `rgb(${colour.map(Math.round).join(" ")})`;
}
