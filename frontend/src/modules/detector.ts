// SPDX-License-Identifier: Apache-2.0
// Reads square symbols where the browser cannot: a WebAssembly reader, served by us, loaded only
// after somebody pressed "Scan".

import { BarcodeDetector, prepareZXingModule } from "barcode-detector/ponyfill";

/** Load the reader from `wasm`, an address of ours, and return a detector of QR codes. */
export async function openDetector(wasm: string): Promise<BarcodeDetector> {
  await prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });
  return new BarcodeDetector({ formats: ["qr_code"] });
}
