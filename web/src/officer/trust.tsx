// Our own authority over certificates, its signers, and the keys of light passes.
import {There} from "../parts/there";
import {Empty} from "../parts/waits";
import {fetchJson} from "../wire/fetched";
import {Problem} from "../wire/portal";
import {useSay} from "../words/tongue";
import {look, type Value} from "./asks";
import {CommandForm, Facts, Listed, useMay, type Row} from "./desk";

const words = {
  title: {id: "Sertifikat dan kepercayaan", en: "Certificates and trust"},
  authority: {id: "Otoritas", en: "Authority"},
  none: {id: "Belum ada otoritas. Dibuat dengan `lindung pki init`.", en: "There is no authority yet. `lindung pki init` makes it."},
  signers: {id: "Kunci penanda tangan", en: "Signers"},
  kid: {id: "Nomor kunci", en: "Key id"},
  kind: {id: "Jenis", en: "Kind"},
  region: {id: "Wilayah", en: "Region"},
  from: {id: "Mulai", en: "From"},
  until: {id: "Sampai", en: "Until"},
  state: {id: "Keadaan", en: "State"},
  revoke: {id: "Cabut kunci (dua petugas)", en: "Revoke a key (two officers)"},
  passes: {id: "Kunci pas ringan", en: "Keys of light passes"},
  issuer: {id: "Penerbit", en: "Issuer"},
  list: {id: "Daftar kepercayaan yang diterbitkan", en: "The trust list that we publish"},
  certificate: {id: "Sertifikat", en: "Certificates"},
} as const;

interface PassKeys {
  iss: string;
  keys: readonly {kid: string; nbf: number; exp: number}[];
}

const day = (seconds: number) => new Date(seconds * 1000).toISOString().replace(".000Z", "Z");

/** Null where there is no authority yet. */
async function authority(stop: AbortSignal): Promise<Value> {
  try {
    const {certificate: _, ...shown} = await look<{certificate: string; [name: string]: Value}>("pki/list", {}, stop);
    return shown;
  } catch (error) {
    if (error instanceof Problem && (error.kind === "not-found" || error.kind === "conflict")) return null;
    throw error;
  }
}

function Signers() {
  const say = useSay();
  return (
    <>
      <h2>{say(words.signers)}</h2>
      <There load={(stop) => look<{signers: readonly Row[]}>("pki/signers", {}, stop)}>
        {({signers}) => (
          <Listed
            rows={signers}
            label={words.signers}
            columns={[
              ["kid", words.kid],
              ["kind", words.kind],
              ["region", words.region],
              ["signs_from", words.from],
              ["signs_until", words.until],
              ["state", words.state],
            ]}
          />
        )}
      </There>
      <CommandForm command="pki/revoke" fields={[{name: "kid", label: words.kid}]} button={words.revoke} quiet />
    </>
  );
}

export function TrustPage() {
  const say = useSay();
  const may = useMay();
  return (
    <>
      <h1>{say(words.title)}</h1>
      {may("pki/list") && (
        <>
          <h2>{say(words.authority)}</h2>
          <There load={authority}>{(shown) => (shown ? <Facts of={shown} /> : <Empty>{say(words.none)}</Empty>)}</There>
        </>
      )}
      {may("pki/signers") && <Signers />}
      <h2>{say(words.passes)}</h2>
      <There load={(stop) => fetchJson<PassKeys>("/v1/passes/keys", stop)}>
        {({iss, keys}) => (
          <>
            <p>
              {say(words.issuer)}: <code>{iss}</code>
            </p>
            <Listed
              rows={keys.map((key) => ({kid: key.kid, from: day(key.nbf), until: day(key.exp)}))}
              label={words.passes}
              columns={[
                ["kid", words.kid],
                ["from", words.from],
                ["until", words.until],
              ]}
            />
          </>
        )}
      </There>
    </>
  );
}
