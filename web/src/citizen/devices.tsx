// Where the account is open, its passkeys, and the way to close one or all.
import {useState} from "preact/hooks";
import {Act} from "../parts/act";
import {useMoments} from "../parts/moments";
import {There} from "../parts/there";
import {Empty} from "../parts/waits";
import {createPasskey, hasPasskeys} from "../wire/passkey";
import {Problem} from "../wire/portal";
import {useSay} from "../words/tongue";
import * as asks from "./asks";
import {deviceName} from "./device";
import {Prove} from "./prove";
import {useWho} from "./who";

const words = {
  title: {id: "Perangkat dan passkey", en: "Devices and passkeys"},
  passkeys: {id: "Passkey", en: "Passkeys"},
  why: {
    id: "Masuk dengan sidik jari, wajah, atau PIN perangkat ini: tidak ada kata sandi, tidak dapat dipancing situs palsu.",
    en: "Sign in with this device’s fingerprint, face or PIN: no password, and no false site can fish for it.",
  },
  none: {id: "Belum ada passkey.", en: "There is no passkey yet."},
  add: {id: "Tambah passkey di perangkat ini", en: "Add a passkey on this device"},
  added: {id: "Ditambahkan", en: "Added"},
  remove: {id: "Hapus", en: "Remove"},
  devices: {id: "Tempat Anda masuk", en: "Where you are signed in"},
  current: {id: "perangkat ini", en: "this device"},
  used: {id: "dipakai", en: "used"},
  end: {id: "Keluarkan", en: "Sign it out"},
  all: {id: "Keluar di semua perangkat", en: "Sign out everywhere"},
  stale: {
    id: "Tunjukkan dulu bahwa ini Anda; setelah itu coba lagi.",
    en: "Show first that it is you; then try again.",
  },
  renew: {id: "Ini saya", en: "It is me"},
} as const;

const noDigest = "0".repeat(64);

/** What needs a proof of the last ten minutes: asks for one when the server says that it is stale. */
function useRecent() {
  const say = useSay();
  const [isStale, setIsStale] = useState(false);
  const recently = (act: () => Promise<unknown>) => async () => {
    try {
      await act();
    } catch (error) {
      if (!(error instanceof Problem && error.detail.startsWith("approval"))) throw error;
      setIsStale(true);
    }
  };
  const gate = isStale ? (
    <div class="note" role="alert">
      <p>{say(words.stale)}</p>
      <Prove
        kind="quiet"
        challenge={() => asks.challenge("session.renew", noDigest)}
        act={async (proof) => {
          await asks.renew(proof);
          setIsStale(false);
        }}
      >
        {say(words.renew)}
      </Prove>
    </div>
  ) : null;
  return {recently, gate};
}

/** Gives the session anew: it has a passkey now. */
async function addPasskey(): Promise<asks.Session> {
  const {publicKey} = await asks.passkeyToMake();
  await asks.addPasskey(await createPasskey(publicKey), deviceName());
  return asks.session();
}

export function DevicesPage() {
  const say = useSay();
  const {both, ago} = useMoments();
  const {enter, forget} = useWho();
  const {recently, gate} = useRecent();
  const [turn, setTurn] = useState(0);
  const again = () => setTurn(turn + 1);
  return (
    <>
      <h1>{say(words.title)}</h1>
      {gate}
      <There load={asks.devices} turn={turn}>
        {({devices, passkeys}) => (
          <div class="pair">
            <section class="sheet">
              <h2>{say(words.passkeys)}</h2>
              <p>{say(words.why)}</p>
              {passkeys.length === 0 && <Empty>{say(words.none)}</Empty>}
              <ul class="rows">
                {passkeys.map((each) => (
                  <li key={each.id}>
                    <span>
                      <strong>{each.name}</strong>
                      <small>
                        {say(words.added)} {both(each.added_at)}
                      </small>
                    </span>
                    <span class="end">
                      <Act kind="quiet" act={recently(() => asks.removePasskey(each.id).then(again))}>
                        {say(words.remove)}
                      </Act>
                    </span>
                  </li>
                ))}
              </ul>
              {hasPasskeys() && (
                <Act act={recently(() => addPasskey().then((session) => (enter(session), again())))}>
                  {say(words.add)}
                </Act>
              )}
            </section>
            <section class="sheet">
              <h2>{say(words.devices)}</h2>
              <ul class="rows">
                {devices.map((each) => (
                  <li key={each.id}>
                    <span>
                      <strong>{each.name || "Browser"}</strong>{" "}
                      {each.current && <span class="tag">{say(words.current)}</span>}
                      <small>
                        {say(words.used)} {ago(each.used_at)}
                      </small>
                    </span>
                    {!each.current && (
                      <span class="end">
                        <Act kind="quiet" act={() => asks.endDevice(each.id).then(again)}>
                          {say(words.end)}
                        </Act>
                      </span>
                    )}
                  </li>
                ))}
              </ul>
              <Act
                kind="quiet"
                act={async () => {
                  await asks.leaveEverywhere();
                  await forget();
                }}
              >
                {say(words.all)}
              </Act>
            </section>
          </div>
        )}
      </There>
    </>
  );
}
