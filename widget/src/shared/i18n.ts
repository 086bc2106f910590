// Translation and formatting. The key of a text is its English wording; the build puts its number in the catalog there.
import { integerPluralCategories, pluralIndex } from "./plurals.ts";

/** Where the build put the catalogs: `<stem>-<locale>.json`, each a list of texts, for these locales. */
declare const CHATGATE_CATALOGS: { stem: string; locales: string[] } | undefined;

export type Catalog = Record<string, string | string[]>;
export type Values = Record<string, string | number>;

const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "ur"]);
const AGAIN_MS = 2000;

let locale = "en";
/** The same language as its reader's region writes it, for dates and numbers: British days, American hours. */
let region = "en";
let catalog: Catalog = {};
let plurals = new Intl.PluralRules("en");
let numbers = new Intl.NumberFormat("en");
let agos = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "short" });
let categories = integerPluralCategories(plurals);

/** Translate a text. `{name}` in it is replaced by `values.name`; numbers are written as the locale writes them. */
export function _(text: string, values?: Values): string {
  return fill((catalog[text] ?? text) as string, values);
}

/** Translate a text that depends on a count, which is also `{count}` in it. */
export function ngettext(one: string, many: string, count: number, values?: Values): string {
  const forms = (catalog[one] ?? [one, many]) as string[];
  const index = pluralIndex(plurals, categories, count);
  return fill(forms[Math.min(index, forms.length - 1)]!, { count, ...values });
}

function fill(text: string, values?: Values): string {
  if (!values) return text;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? formatNumber(value) : value;
  });
}

/** The locale in use, as a BCP 47 tag. */
export function currentLocale(): string {
  return locale;
}

export function isRightToLeft(tag: string): boolean {
  return RIGHT_TO_LEFT.has(tag.toLowerCase().split(/[-_]/)[0] ?? "");
}

/** Choose the offered locale for the wished ones, most wished first; English is always there. */
export function negotiateLocale(wished: readonly string[], offered: readonly string[]): string {
  const available = new Map([...offered, "en"].map((tag) => [tag.toLowerCase().replace("_", "-"), tag]));
  for (const wish of wished) {
    const tag = wish.toLowerCase().replace("_", "-");
    const match = available.get(tag) ?? available.get(tag.split("-")[0] ?? "");
    if (match) return match;
  }
  return "en";
}

/** The first wish for the language with its region, such as en-GB for en; all else says nothing about the region. */
export function regionalLocale(language: string, wished: readonly string[]): string {
  const pattern = new RegExp(`^${language}-[A-Z]{2}$`);
  return wished.find((tag) => pattern.test(tag)) ?? language;
}

/** Use these texts from now on. `wished`: what the reader's browser prefers, for the region. */
export function useCatalog(tag: string, texts: Catalog, wished: readonly string[] = []): void {
  locale = tag.replace("_", "-");
  region = regionalLocale(locale, wished);
  catalog = texts;
  plurals = new Intl.PluralRules(locale);
  numbers = new Intl.NumberFormat(region);
  agos = new Intl.RelativeTimeFormat(region, { numeric: "auto", style: "short" });
  categories = integerPluralCategories(plurals);
}

/** The locales that this bundle has a catalog for. */
function offeredLocales(): string[] {
  return typeof CHATGATE_CATALOGS === "undefined" ? [] : CHATGATE_CATALOGS.locales;
}

/** Fetch the catalog of the best offered locale, and set the language and direction of the page. */
export async function loadLocale(wished: readonly string[]): Promise<string> {
  const chosen = negotiateLocale(wished, offeredLocales());
  // Known at once, so that what else is fetched in this language need not wait for the catalog.
  locale = chosen.replace("_", "-");
  await useFirst([chosen, "en"], wished);
  document.documentElement.lang = locale;
  document.documentElement.dir = isRightToLeft(locale) ? "rtl" : "ltr";
  return locale;
}

/** Use the first catalog that comes: without its own the page works in English, and says so to screen readers. */
async function useFirst(tags: readonly string[], wished: readonly string[]): Promise<void> {
  for (;;) {
    for (const tag of tags) {
      try {
        return useCatalog(tag, (await (await fetch(`${CHATGATE_CATALOGS!.stem}-${tag}.json`)).json()) as Catalog, wished);
      } catch {
        // The next one, or the same ones a little later: without any text there is nothing to show.
      }
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

export function formatNumber(value: number): string {
  return numbers.format(value);
}

/** Formats that were asked for before: making one costs a hundred times its use. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatted(at: string | Date, parts: Intl.DateTimeFormatOptions): string {
  const key = region + JSON.stringify(parts);
  const format = formats.get(key) ?? new Intl.DateTimeFormat(region, parts);
  formats.set(key, format);
  return format.format(new Date(at));
}

/** A size in the unit that fits: 512 kB, 2.4 MB. */
export function formatSize(bytes: number): string {
  const [value, unit] = bytes < 1_000_000 ? [Math.max(1, Math.round(bytes / 1000)), "kilobyte"] : [bytes / 1_000_000, "megabyte"];
  return new Intl.NumberFormat(locale, { style: "unit", unit, maximumFractionDigits: 1 }).format(value);
}

/** The time of day, such as 14:05 or 2:05 PM. */
export function formatTime(at: string | Date): string {
  return formatted(at, { timeStyle: "short" });
}

/** A date, such as 3 November 2026, or shorter with "medium". */
export function formatDate(at: string | Date, style: "long" | "medium" = "long"): string {
  return formatted(at, { dateStyle: style });
}

/** Date and time, for titles and receipts. */
export function formatDateTime(at: string | Date): string {
  return formatted(at, { dateStyle: "medium", timeStyle: "short" });
}

/** A moment to come, such as Monday 30 November, 9:00. */
export function formatMoment(at: string | Date): string {
  return formatted(at, { weekday: "long", day: "numeric", month: "long", hour: "numeric", minute: "2-digit" });
}

/** "Today", "Yesterday", a weekday within a week, else the date: as Intl writes them. */
export function formatDay(at: string | Date, now: Date = new Date()): string {
  const day = new Date(at);
  const days = Math.round((startOfDay(day) - startOfDay(now)) / 86_400_000);
  if (days === 0 || days === -1) {
    const text = new Intl.RelativeTimeFormat(region, { numeric: "auto" }).format(days, "day");
    return text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);
  }
  if (days < 0 && days > -7) return formatted(day, { weekday: "long" });
  return formatDate(day);
}

/** How long ago, in the largest unit that fits: "3 min. ago". */
export function formatAgo(at: string | Date, now: Date = new Date()): string {
  const seconds = Math.min(0, Math.round((new Date(at).getTime() - now.getTime()) / 1000));
  const units: Array<[Intl.RelativeTimeFormatUnit, number]> = [["day", 86_400], ["hour", 3600], ["minute", 60]];
  for (const [unit, length] of units) {
    if (-seconds >= length) return agos.format(Math.ceil(seconds / length), unit);
  }
  return agos.format(0, "minute");
}

function startOfDay(day: Date): number {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate()).getTime();
}
