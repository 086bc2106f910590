// Whatever colour a shop chooses, text on it and links in it stay readable.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accentColours } from "../../src/shared/accent.ts";
import { contrast, parseHex, readableOn, type Rgb } from "../../src/shared/contrast.ts";

const ACCENTS = ["#0f766e", "#ffff00", "#ffffff", "#000000", "#ff0000", "#7f7f7f", "#3b82f6", "#f97316", "#777"];

function parts(value: string): [Rgb, Rgb] {
  const found = [...value.matchAll(/rgb\((\d+) (\d+) (\d+)\)/g)].map((match) => match.slice(1).map(Number));
  return found as unknown as [Rgb, Rgb];
}

for (const hex of ACCENTS) {
  test(`text on ${hex} reaches 4.5 to 1 in light and dark`, () => {
    const colours = accentColours(hex)!;
    const [light, dark] = parts(colours.accent);
    const [onLight, onDark] = parts(colours.onAccent);
    assert.ok(contrast(light, onLight) >= 4.5);
    assert.ok(contrast(dark, onDark) >= 4.5);
  });

  test(`links in ${hex} reach 4.5 to 1 on the paper of light and dark`, () => {
    const [light, dark] = parts(accentColours(hex)!.accentInk);
    assert.ok(contrast(light, [255, 255, 255]) >= 4.5);
    assert.ok(contrast(dark, [24, 22, 20]) >= 4.5);
  });
}

test("what is no colour leaves the tokens as they are", () => {
  assert.equal(accentColours("red; background: url(x)"), null);
  assert.deepEqual(parseHex("#FFF"), [255, 255, 255]);
  assert.deepEqual(readableOn([255, 255, 0]), [0, 0, 0]);
});
