// Texts, plurals and formats by CLDR.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import {
  _,
  formatDay,
  formatTime,
  isRightToLeft,
  negotiateLocale,
  ngettext,
  regionalLocale,
  useCatalog,
} from "../../src/shared/i18n.ts";
import { integerPluralCategories, pluralIndex } from "../../src/shared/plurals.ts";

afterEach(() => useCatalog("en", {}));

test("a text without a translation is its English wording", () => {
  assert.equal(_("Hello {name}", { name: "Vera" }), "Hello Vera");
});

test("values are written as the locale writes them, and unknown names stay", () => {
  useCatalog("pl", { "{count} of {all}": "{count} z {all}" });
  assert.equal(_("{count} of {all}", { count: 12_000 }), "12\u00a0000 z {all}");
});

test("Polish takes the form of the count", () => {
  useCatalog("pl", { "{count} cup": ["{count} kubek", "{count} kubki", "{count} kubków"] });
  const cups = (count: number) => ngettext("{count} cup", "{count} cups", count);
  assert.deepEqual([1, 3, 5, 12, 22, 112].map(cups), [
    "1 kubek",
    "3 kubki",
    "5 kubków",
    "12 kubków",
    "22 kubki",
    "112 kubków",
  ]);
});

test("every language has as many integer forms as its catalog lists", () => {
  const forms = { en: 2, pl: 3, de: 2, fr: 2, es: 2, it: 2, nl: 2, cs: 3, uk: 3, ar: 6 };
  for (const [tag, count] of Object.entries(forms)) {
    assert.equal(integerPluralCategories(new Intl.PluralRules(tag)).length, count, tag);
  }
});

test("a category that whole numbers below 200 never take gets the last form", () => {
  const rules = new Intl.PluralRules("fr");
  assert.equal(pluralIndex(rules, integerPluralCategories(rules), 1_000_000), 1);
});

test("the first wish that is offered wins, by its language if not by its region", () => {
  assert.equal(negotiateLocale(["de-AT", "pl-PL"], ["pl"]), "pl");
  assert.equal(negotiateLocale(["xx"], ["pl"]), "en");
});

test("days are named near, dated far", () => {
  const now = new Date("2026-11-23T12:00:00");
  assert.equal(formatDay("2026-11-23T01:00:00", now), "Today");
  assert.equal(formatDay("2026-11-22T23:00:00", now), "Yesterday");
  assert.equal(formatDay("2026-11-20T23:00:00", now), "Friday");
  assert.equal(formatDay("2026-01-02T23:00:00", now), "January 2, 2026");
});

test("Arabic runs from right to left", () => {
  assert.deepEqual([isRightToLeft("ar"), isRightToLeft("ar-EG"), isRightToLeft("pl")], [true, true, false]);
});

test("times are written as the reader's region writes them", () => {
  const noon = new Date(2026, 10, 3, 13, 5);
  useCatalog("en", {}, ["en", "en-GB"]);
  assert.equal(formatTime(noon), "13:05");
  useCatalog("en", {}, ["pl-PL", "en-US"]);
  assert.match(formatTime(noon), /^1:05\sPM$/);
});

test("a wish of another language, or one that is no tag, says nothing about the region", () => {
  assert.equal(regionalLocale("pl", ["en-GB", "de"]), "pl");
  assert.equal(regionalLocale("de", ["de-", "de-@@", "de-AT"]), "de-AT");
});
