// Bundle the browser code with esbuild into chatgate/_built/assets, named by content, with a manifest.
// `node build.mjs` builds once, minified; `node build.mjs --watch` builds on every change, with source maps.
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const built = join(here, "..", "chatgate", "_built");
const assets = join(built, "assets");
const watch = process.argv.includes("--watch");

const ENTRIES = [
  { name: "document", entry: "src/document_page.css" },
  { name: "sha256", entry: "src/visitor/sha256_fallback.ts" },
  { name: "push_worker", entry: "src/push_worker/main.ts" },
  { name: "visitor", entry: "src/visitor/main.tsx" },
  { name: "inbox", entry: "src/inbox/main.tsx" },
];

const shared = {
  absWorkingDir: here,
  bundle: true,
  write: false,
  minify: !watch,
  sourcemap: watch ? "inline" : false,
  target: ["es2022"],
  legalComments: "none",
  jsx: "automatic",
  jsxImportSource: "preact",
};

/** Write a file under a name that changes with its content. */
function emit(stem, extension, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 10);
  const name = `${stem}-${hash}.${extension}`;
  writeFileSync(join(assets, name), content);
  return name;
}

/**
 * Browser catalogs, made from the .po files before: the texts of all languages as lists in one order, so that the code
 * carries a text's number and no wording. `keys` are the English wordings in that order.
 */
function emitCatalogs(bundle) {
  const folder = join(built, "i18n");
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  const locales = names.filter((name) => name.startsWith(`${bundle}-`)).map((name) => name.slice(bundle.length + 1, -5));
  const texts = locales.map((locale) => JSON.parse(readFileSync(join(folder, `${bundle}-${locale}.json`), "utf8")));
  const keys = Object.keys(texts[0] ?? {}).sort();
  const lists = texts.map((all) => JSON.stringify(keys.map((key) => all[key])));
  const hash = createHash("sha256").update(lists.join()).digest("hex").slice(0, 10);
  mkdirSync(join(assets, "i18n"), { recursive: true });
  const files = locales.map((locale) => `i18n/${bundle}-${hash}-${locale}.json`);
  files.forEach((file, index) => writeFileSync(join(assets, file), lists[index]));
  return { keys, locales, files, stem: `/assets/i18n/${bundle}-${hash}` };
}

/** Put numbers in place of the wordings; a text that is in no catalog yet stays as it is. */
function numberedTexts(keys) {
  const numbers = new Map(keys.map((key, index) => [key, index]));
  const numbered = (whole, before, text) => {
    const number = numbers.get(JSON.parse(text));
    return number === undefined ? whole : `${before}${number}`;
  };
  return {
    name: "numbered-texts",
    setup(build) {
      build.onLoad({ filter: /src\/.*\.tsx?$/ }, ({ path }) => ({
        contents: readFileSync(path, "utf8")
          .replace(/(\b(?:_|ngettext)\(\s*)("(?:[^"\\]|\\.)*")/g, numbered)
          // The plural wording goes with the singular's number.
          .replace(/(\bngettext\(\s*\d+,\s*)"(?:[^"\\]|\\.)*"/g, "$10"),
        loader: path.endsWith("x") ? "tsx" : "ts",
      }));
    },
  };
}

async function bundle(name, entry, known) {
  const { keys, locales, files: catalogs, stem } = emitCatalogs(name);
  const result = await esbuild.build({
    ...shared,
    entryPoints: { [name]: entry },
    outdir: assets,
    format: "esm",
    external: ["/assets/*"],
    plugins: [numberedTexts(keys)],
    define: {
      CHATGATE_CATALOGS: JSON.stringify({ stem, locales }),
      CHATGATE_SHA256: JSON.stringify(`/assets/${known["sha256.js"]}`),
    },
  });
  const files = Object.fromEntries(locales.map((locale, index) => [`${name}.${locale}.json`, catalogs[index]]));
  for (const output of result.outputFiles) {
    const extension = output.path.split(".").at(-1);
    const isLean = extension === "css" && !watch;
    files[`${name}.${extension}`] = emit(name, extension, isLean ? leanTokens(output.text) : output.contents);
  }
  return files;
}

/** Write plain lengths and numbers in place of their tokens, and leave out the tokens that nothing uses. */
function leanTokens(css) {
  const all = [...css.matchAll(/(--[\w-]+):\s*([^;}]+);?/g)];
  const isOnce = (name) => all.filter((one) => one[1] === name).length === 1;
  const dropped = all.filter(([, name, value]) => {
    const isPlain = /^[\d.]+(px|rem)?$/.test(value) && isOnce(name);
    if (isPlain) css = css.replaceAll(`var(${name})`, value);
    return !css.includes(`var(${name})`);
  });
  if (dropped.length === 0) return css;
  return leanTokens(dropped.reduce((left, [declaration]) => left.replace(declaration, ""), css));
}

/**
 * The loader's style as a text in its script, with the values of tokens.css in place of the tokens: the one file that
 * names colours stays the one file, and the shop's page gets no second request.
 */
const loaderStyle = {
  name: "loader-style",
  setup(build) {
    build.onLoad({ filter: /loader\.css$/ }, async ({ path }) => {
      const tokens = tokenValues(readFileSync(join(here, "src/shared/tokens.css"), "utf8"));
      const text = resolveTokens(readFileSync(path, "utf8"), tokens);
      const { code } = await esbuild.transform(text, { loader: "css", minify: true });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

function tokenValues(css) {
  const values = new Map();
  for (const [, name, value] of css.matchAll(/(--[\w-]+):\s*([^;]+);/g)) if (!values.has(name)) values.set(name, value);
  return values;
}

function resolveTokens(css, tokens) {
  const next = css.replace(/var\((--[\w-]+)\)/g, (whole, name) => tokens.get(name) ?? whole);
  return next === css ? css : resolveTokens(next, tokens);
}

/** The loader keeps its name: the server fills in the site's data at __CHATGATE_SITE__ and gives it an ETag. */
async function bundleLoader() {
  const result = await esbuild.build({
    ...shared,
    entryPoints: { loader: "src/loader/main.ts" },
    outdir: assets,
    format: "iife",
    plugins: [loaderStyle],
  });
  writeFileSync(join(assets, "loader.js"), result.outputFiles[0].contents);
  copyFileSync(join(here, "src/loader/chatgate.d.ts"), join(assets, "chatgate.d.ts"));
}

/** The example store's own script keeps its name: static pages import it. It proves the gate with the stock client. */
async function bundleStore() {
  const result = await esbuild.build({
    ...shared,
    entryPoints: { without_consent: "src/store/without_consent.ts" },
    outdir: join(built, "store"),
    format: "esm",
  });
  mkdirSync(join(built, "store"), { recursive: true });
  for (const output of result.outputFiles) writeFileSync(output.path, output.contents);
}

async function buildAll() {
  const started = performance.now();
  const before = new Set(listAssets());
  await bundleLoader();
  await bundleStore();
  const manifest = { "loader.js": "loader.js" };
  for (const { name, entry } of ENTRIES) Object.assign(manifest, await bundle(name, entry, manifest));
  writeFileSync(join(built, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  const kept = new Set([...Object.values(manifest), "chatgate.d.ts"]);
  for (const name of before) if (!kept.has(name)) rmSync(join(assets, name), { force: true });
  console.log(`browser code built in ${Math.round(performance.now() - started)} ms`);
}

function listAssets() {
  mkdirSync(assets, { recursive: true });
  return readdirSync(assets, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name).slice(assets.length + 1));
}

/** Rebuild when a source file changes; a mistake in one is printed and waited out. */
async function watchAll() {
  const { watch: watchFolder } = await import("node:fs");
  let timer;
  const rebuild = () => {
    clearTimeout(timer);
    timer = setTimeout(() => buildAll().catch(() => {}), 60);
  };
  watchFolder(join(here, "src"), { recursive: true }, rebuild);
  if (existsSync(join(built, "i18n"))) watchFolder(join(built, "i18n"), rebuild);
}

await buildAll().catch((error) => {
  if (!watch) throw error;
});
if (watch) await watchAll();
