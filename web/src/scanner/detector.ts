// Reads QR codes out of pictures: by the browser's own detector where it has one for them, else by ZXing as WebAssembly,
// which is loaded from this site when it is first needed.
import wasm from "zxing-wasm/reader/zxing_reader.wasm?url";

export type Picture = HTMLVideoElement | ImageBitmap;
/** The texts of the QR codes in a picture; none is an empty list. */
export type Detector = (picture: Picture) => Promise<readonly string[]>;

interface NativeDetector {
  detect(picture: Picture): Promise<readonly {rawValue: string}[]>;
}
interface NativeDetectorClass {
  new (options: {formats: readonly string[]}): NativeDetector;
  getSupportedFormats(): Promise<readonly string[]>;
}

async function nativeDetector(): Promise<Detector | null> {
  const native = (globalThis as {BarcodeDetector?: NativeDetectorClass}).BarcodeDetector;
  const formats: readonly string[] = native ? await native.getSupportedFormats().catch(() => []) : [];
  if (!native || !formats.includes("qr_code")) return null;
  const detector = new native({formats: ["qr_code"]});
  return async (picture) => (await detector.detect(picture)).map((code) => code.rawValue).filter(Boolean);
}

const longestSide = 1024; // pixels that ZXing looks at: enough for a poster across a counter

function sizeOf(picture: Picture): {width: number; height: number} {
  const isVideo = picture instanceof HTMLVideoElement;
  const width = isVideo ? picture.videoWidth : picture.width;
  const height = isVideo ? picture.videoHeight : picture.height;
  const scale = Math.min(1, longestSide / Math.max(width, height, 1));
  return {width: Math.round(width * scale), height: Math.round(height * scale)};
}

async function wasmDetector(): Promise<Detector> {
  const {prepareZXingModule, readBarcodes} = await import("zxing-wasm/reader");
  await prepareZXingModule({overrides: {locateFile: () => wasm}, fireImmediately: true});
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d", {willReadFrequently: true});
  return async (picture) => {
    const {width, height} = sizeOf(picture);
    if (!pen || width === 0 || height === 0) return [];
    canvas.width = width;
    canvas.height = height;
    pen.drawImage(picture, 0, 0, width, height);
    const found = await readBarcodes(pen.getImageData(0, 0, width, height), {
      formats: ["QRCode"],
      maxNumberOfSymbols: 1,
    });
    return found.map((code) => code.text).filter(Boolean);
  };
}

let opened: Promise<Detector> | null = null;

/** One for the page's life. Throws when neither can be had, such as without a network at the first visit. */
export function openDetector(): Promise<Detector> {
  opened ??= nativeDetector().then((native) => native ?? wasmDetector());
  opened.catch(() => (opened = null));
  return opened;
}

/** What a chosen photo says. Throws for a file that is no picture. */
export async function readPhoto(file: Blob): Promise<readonly string[]> {
  const detect = await openDetector();
  const picture = await createImageBitmap(file);
  try {
    return await detect(picture);
  } finally {
    picture.close();
  }
}
