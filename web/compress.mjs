// Puts NAME.br and NAME.gz beside each file of a folder where they are worth it, and tells what a first visit loads.
import {readFileSync, readdirSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {brotliCompressSync, constants, gzipSync} from "node:zlib";

const folder = process.argv[2];
const worthIt = /\.(html|js|css|json|svg|wasm|webmanifest|txt)$/;
for (const name of readdirSync(folder, {recursive: true})) {
  if (!worthIt.test(name)) continue;
  const path = join(folder, name);
  const bytes = readFileSync(path);
  const gzip = gzipSync(bytes, {level: 9});
  const brotli = brotliCompressSync(bytes, {
    params: {[constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length},
  });
  if (gzip.length < bytes.length) writeFileSync(path + ".gz", gzip);
  if (brotli.length < bytes.length) writeFileSync(path + ".br", brotli);
  console.log(`${name}: ${bytes.length} bytes, ${gzip.length} gzip, ${brotli.length} brotli`);
}
