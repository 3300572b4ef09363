// SPDX-License-Identifier: Apache-2.0
// Builds what the server hands out but the repository does not keep: every src/*.ts becomes one
// minified script under static/built/, and the label fonts are copied to static/fonts/.
// Types are checked first; a type error builds nothing.

import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, rmSync } from "node:fs";
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

async function bundleScripts() {
  const source = join(here, "src");
  mkdirSync(source, { recursive: true });
  const scripts = readdirSync(source).filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"));
  if (scripts.length === 0) return;
  execFileSync(process.execPath, [join(here, "node_modules", "typescript", "bin", "tsc"), "--noEmit"], {
    cwd: here,
    stdio: "inherit",
  });
  await build({
    entryPoints: scripts.map((name) => join(source, name)),
    outdir: emptyFolder("built"),
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2020",
    legalComments: "none",
    logLevel: "warning",
  });
}

copyFonts();
await bundleScripts();
