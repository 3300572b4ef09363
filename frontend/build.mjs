// SPDX-License-Identifier: Apache-2.0
// Builds what the server hands out but the repository does not keep: every src/*.ts becomes one
// minified script under static/built/, every src/modules/*.ts a module that a script loads when it
// is wanted, the reader of square symbols is copied beside them, and the label fonts to
// static/fonts/. The server names each file by its content. A type error builds nothing.

import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
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

// Coasts only, in plate carrée, one unit a degree: borders are for the operator's own map to draw.
// Natural Earth 1:50 million, public domain, through the package world-atlas.
function drawBaseMap() {
  const { transform, arcs, objects } = JSON.parse(
    readFileSync(join(here, "node_modules", "world-atlas", "land-50m.json"), "utf8"),
  );
  const lines = arcs.map((arc) => {
    let [x, y] = [0, 0];
    return arc.map(([right, up]) => {
      x += right;
      y += up;
      return [x * transform.scale[0] + transform.translate[0], y * transform.scale[1] + transform.translate[1]];
    });
  });
  const lineOf = (number) => (number < 0 ? [...lines[~number]].reverse() : lines[number]);
  const ringOf = (numbers) => numbers.flatMap((number, at) => lineOf(number).slice(at === 0 ? 0 : 1));
  const rings = objects.land.geometries
    .flatMap((shape) => (shape.type === "Polygon" ? [shape.arcs] : shape.arcs))
    .flat()
    .map(ringOf);
  const path = rings.flatMap(unwrapRing).map(drawRing).join("");
  const style = ".l{fill:#d9cfba}@media(prefers-color-scheme:dark){.l{fill:#4a453b}}";
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-180 -90 360 180"><style>${style}</style>` +
    `<path class="l" transform="scale(.05)" d="${path}"/></svg>\n`;
  writeFileSync(join(statics, "built", "base_map.svg"), svg);
}

// Land that reaches over the 180th meridian is joined there in the data: drawn as it stands, its
// coast would jump across the whole map. It is followed beyond the edge, and drawn once more on the
// other side; what goes once around is closed at the pole.
function unwrapRing(ring) {
  let turns = 0;
  const points = ring.map(([longitude, latitude], at) => {
    const step = at === 0 ? 0 : longitude - ring[at - 1][0];
    if (Math.abs(step) > 180 && Math.abs(latitude) < 89.9) turns -= Math.sign(step);
    return [longitude + 360 * turns, latitude];
  });
  if (turns !== 0) {
    const pole = points[0][1] < 0 ? -90 : 90;
    points.push([points.at(-1)[0], pole], [points[0][0], pole], points[0]);
    return [points];
  }
  const shifts = [0];
  if (points.some(([longitude]) => longitude > 180)) shifts.push(-360);
  if (points.some(([longitude]) => longitude < -180)) shifts.push(360);
  return shifts.map((shift) => points.map(([longitude, latitude]) => [longitude + shift, latitude]));
}

// In twentieths of a degree, half the side of the smallest cell that is ever shown.
function drawRing(ring) {
  const points = [];
  for (const [longitude, latitude] of ring) {
    const point = [Math.round(longitude * 20), Math.round(-latitude * 20)];
    const last = points.at(-1);
    if (!last || last[0] !== point[0] || last[1] !== point[1]) points.push(point);
  }
  // Less than a triangle is nothing to see.
  if (points.length < 4) return "";
  const steps = points.slice(1).map((point, at) => [point[0] - points[at][0], point[1] - points[at][1]]);
  return `M${points[0].join(" ")}l${steps.map((step) => step.join(" ")).join(" ").replaceAll(" -", "-")}z`;
}

copyFonts();
await bundleScripts();
drawBaseMap();
