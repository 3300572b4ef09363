// SPDX-License-Identifier: Apache-2.0
// Loads a module of src/ into a test, as the build would bundle it.

import { build } from "esbuild";

/** Return what `src/{name}` exports. */
export async function load(name) {
  const source = new URL(`../src/${name}`, import.meta.url).pathname;
  const built = await build({ entryPoints: [source], bundle: true, format: "esm", write: false });
  return import(`data:text/javascript;base64,${Buffer.from(built.outputFiles[0].contents).toString("base64")}`);
}
