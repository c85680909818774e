// A door that checks light passes, offline: by the camera or a photo, else by the text of the pass. No pass is sent or kept.
import {useEffect, useState} from "preact/hooks";
import {ColourMark, type Colour} from "../parts/marks";
import {useMoments} from "../parts/moments";
import {Scanner} from "../scanner/scanner";
import {judgePass, type JudgedPass, type PassFinding} from "../wire/pass";
import {useSay, type Text} from "../words/tongue";
import {fetchKeys, oldAfter, readKeys, type KeptKeys} from "./keys";

const words = {
  title: {id: "Periksa pas", en: "Check passes"},
  lead: {
    id: "Diperiksa di perangkat ini, juga tanpa jaringan. Tidak ada pas yang dikirim atau disimpan.",
    en: "Checked on this device, also without a network. No pass is sent or kept.",
  },
  aim: {id: "Arahkan ke pas", en: "Point it at the pass"},
  text: {id: "Teks pas, bila kamera tidak dapat dipakai", en: "Text of the pass, where the camera cannot be used"},
  check: {id: "Periksa", en: "Check"},
  again: {id: "Pas berikutnya", en: "Next pass"},
  noKeys: {
    id: "Kunci belum ada di perangkat ini. Sambungkan sekali ke jaringan.",
    en: "The keys are not on this device yet. Connect to a network once.",
  },
  old: {
    id: "Kunci di perangkat ini sudah lama. Sambungkan ke jaringan. Diambil",
    en: "The keys on this device are old. Connect to a network. Fetched",
  },
  of: {id: "Kunci diambil", en: "Keys fetched"},
  born: {id: "lahir", en: "born"},
  until: {id: "berlaku sampai pukul", en: "good until"},
  compare: {id: "Cocokkan nama dengan kartu identitas.", en: "Compare the name with an identity card."},
  places: {id: "Tempat saya", en: "My places"},
} as const;

const findings: Readonly<Record<PassFinding, {colour: Colour; title: Text; why: Text}>> = {
  valid: {
    colour: "green",
    title: {id: "Boleh masuk", en: "May enter"},
    why: {id: "Pas ini asli dan berlaku sekarang.", en: "This pass is genuine and good now."},
  },
  expired: {
    colour: "yellow",
    title: {id: "Sudah lewat", en: "Its time is over"},
    why: {id: "Minta pas yang baru dari ponselnya.", en: "Ask for a new one from their phone."},
  },
  "not-yet": {
    colour: "yellow",
    title: {id: "Belum berlaku", en: "Not good yet"},
    why: {id: "Pas ini untuk waktu nanti.", en: "This pass is for a later time."},
  },
  "unknown-signer": {
    colour: "red",
    title: {id: "Penerbit tidak dikenal", en: "Unknown issuer"},
    why: {id: "Bukan pas dari Lindung ini, atau kunci di perangkat ini sudah lama.", en: "It is no pass of this Lindung, or the keys on this device are old."},
  },
  altered: {
    colour: "red",
    title: {id: "Tidak asli", en: "Not genuine"},
    why: {id: "Tanda tangannya tidak cocok.", en: "Its signature does not hold."},
  },
  unreadable: {
    colour: "red",
    title: {id: "Bukan pas", en: "Not a pass"},
    why: {id: "Kode ini bukan pas Lindung.", en: "This code is no pass of Lindung."},
  },
};

function useKeys() {
  const [keys, setKeys] = useState<KeptKeys | null>(readKeys);
  useEffect(() => {
    const stop = new AbortController();
    const look = () => fetchKeys(stop.signal).then(setKeys, () => {});
    void look();
    addEventListener("online", look);
    return () => {
      stop.abort();
      removeEventListener("online", look);
    };
  }, []);
  return keys;
}

function Verdict({judged}: {judged: JudgedPass}) {
  const say = useSay();
  const {clock} = useMoments();
  const {colour, title, why} = findings[judged.finding];
  return (
    <section class={"plate hero " + colour} role="status" data-finding={judged.finding}>
      <ColourMark colour={colour} />
      <div>
        <strong>{say(title)}</strong>
        {judged.holder && (
          <p>
            <b>{judged.holder.name}</b>
            {judged.holder.birthYear > 0 && `, ${say(words.born)} ${judged.holder.birthYear}`}, {say(words.until)} {clock(judged.holder.until)}
          </p>
        )}
        <p>{say(judged.finding === "valid" ? words.compare : why)}</p>
      </div>
    </section>
  );
}

export function CheckPage() {
  const say = useSay();
  const {both} = useMoments();
  const keys = useKeys();
  const [judged, setJudged] = useState<JudgedPass | null>(null);
  const [text, setText] = useState("");
  const check = (read: string) => {
    if (keys) void judgePass(read, keys, new Date()).then(setJudged);
  };
  const submit = (event: Event) => {
    event.preventDefault();
    check(text);
    setText("");
  };
  const isOld = keys !== null && Date.now() - keys.at > oldAfter;
  return (
    <>
      <h1>{say(words.title)}</h1>
      <p class="lead">{say(words.lead)}</p>
      {judged ? (
        <>
          <Verdict judged={judged} />
          <button type="button" class="button wide" onClick={() => setJudged(null)} autoFocus>
            {say(words.again)}
          </button>
        </>
      ) : keys ? (
        <>
          <section class="sheet">
            <Scanner onText={check} aim={words.aim} />
          </section>
          <form onSubmit={submit}>
            <label class="field">
              <span>{say(words.text)}</span>
              <textarea value={text} required spellcheck={false} onInput={(event) => setText(event.currentTarget.value)} />
            </label>
            <button class="button quiet">{say(words.check)}</button>
          </form>
        </>
      ) : (
        <p class="trouble" role="alert">
          {say(words.noKeys)}
        </p>
      )}
      {keys && (
        <p class={isOld ? "trouble" : "aside"}>
          {say(isOld ? words.old : words.of)}: {both(keys.at)}
        </p>
      )}
      <p>
        <a href="/venue/">{say(words.places)}</a>
      </p>
    </>
  );
}
