import {readFileSync} from "node:fs";
import {Client, signerFromSeed} from "@lindung/client";

const demo = JSON.parse(readFileSync(process.argv[2], "utf8")); // what `lindung demo` wrote beside its data
const gojek = demo.partners.find(({id}) => id === "gojek");
const client = new Client({
  url: demo.url,
  directoryKey: process.argv[3],
  partner: gojek.id,
  keyId: gojek.key_id,
  signer: await signerFromSeed(Buffer.from(gojek.signing_private_key, "hex")),
  pacts: [demo.pact_digest],
});
const {token} = demo.links.find(({partner}) => partner === gojek.id);
const answer = await client.checkIn({token, venueCode: Buffer.from(demo.venues[0].code, "hex")});
console.log(answer.kind, answer.colour, answer.receipt);
if (answer.receipt) console.log((await client.verify(answer.receipt)).kind);
