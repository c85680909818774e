// A film of a QR code for Chromium's fake camera: YUV4MPEG2 at 4:2:0, the one form that it decodes.
import {writeFile} from "node:fs/promises";
import {encode} from "uqr";

const width = 640;
const height = 480;
const quiet = 4;

/** One picture: white around the code, which fills most of the height. Null: a grey wall. */
function luma(text) {
  const plane = Buffer.alloc(width * height, text === null ? 128 : 235);
  if (text === null) return plane;
  const {data, size} = encode(text, {ecc: "M", border: 0});
  const module = Math.floor((height - 40) / (size + 2 * quiet));
  const left = Math.floor((width - module * size) / 2);
  const top = Math.floor((height - module * size) / 2);
  data.forEach((row, y) =>
    row.forEach((isDark, x) => {
      if (!isDark) return;
      for (let line = 0; line < module; ++line) {
        const from = (top + y * module + line) * width + left + x * module;
        plane.fill(16, from, from + module);
      }
    }),
  );
  return plane;
}

export async function writeFilm(path, text) {
  const frame = Buffer.concat([Buffer.from("FRAME\n"), luma(text), Buffer.alloc((width * height) / 2, 128)]);
  const head = Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`);
  await writeFile(path, Buffer.concat([head, frame, frame]));
}
