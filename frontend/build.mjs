// SPDX-License-Identifier: Apache-2.0
// Builds what the server hands out but the repository does not keep: every src/*.ts becomes one
// minified script under static/built/, every src/modules/*.ts a module that a script loads when it
// is wanted, the reader of square symbols is copied beside them, and the label fonts to
// static/fonts/. The server names each file by its content. A type error builds nothing.

import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const statics = join(here, "..", "src", "trueorigin", "static");
const fontPackages = join(here, "node_modules", "@expo-google-fonts");

// Whole fonts, not the web subsets: those lack 1,046 characters of GB 2312, and product names use them.
const FONTS = [
  ["noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf", "NotoSansSC-Regular.ttf"],
  ["noto-sans-sc/600SemiBold/NotoSansSC_600SemiBold.ttf", "NotoSansSC-SemiBold.ttf"],
  ["noto-sans-sc/LICENSE_FONT", "NotoSansSC-OFL.txt"],
  ["jetbrains-mono/500Medium/JetBrainsMono_500Medium.ttf", "JetBrainsMono-Medium.ttf"],
  ["jetbrains-mono/LICENSE_FONT", "JetBrainsMono-OFL.txt"],
];

// What the camera's picture is read with where the browser has no reader of its own.
const READER = ["zxing-wasm/dist/reader/zxing_reader.wasm", "zxing_reader.wasm"];

function emptyFolder(name) {
  const folder = join(statics, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

function copyFonts() {
  const folder = emptyFolder("fonts");
  for (const [source, target] of FONTS) copyFileSync(join(fontPackages, source), join(folder, target));
}

function listScripts(folder) {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"));
  return names.map((name) => join(folder, name));
}

async function bundleScripts() {
  const source = join(here, "src");
  execFileSync(process.execPath, [join(here, "node_modules", "typescript", "bin", "tsc"), "--noEmit"], {
    cwd: here,
    stdio: "inherit",
  });
  const outdir = emptyFolder("built");
  const shared = { outdir, bundle: true, minify: true, target: "es2020", legalComments: "none", logLevel: "warning" };
  await build({ ...shared, entryPoints: listScripts(source), format: "iife" });
  await build({ ...shared, entryPoints: listScripts(join(source, "modules")), format: "esm" });
  copyFileSync(join(here, "node_modules", READER[0]), join(outdir, READER[1]));
}

copyFonts();
await bundleScripts();
