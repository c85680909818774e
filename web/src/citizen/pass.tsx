// The light pass of now: what a door without a network reads. The clock on it goes, so that a picture of it looks dead.
import {useEffect, useState} from "preact/hooks";
import {Icon} from "../parts/icons";
import {useMoments} from "../parts/moments";
import {QrCode} from "../parts/qr";
import {useSay, useTongue} from "../words/tongue";
import {passAt, type Last} from "./last";

const words = {
  title: {id: "Pas Anda", en: "Your pass"},
  label: {id: "Kode QR pas Anda", en: "QR code of your pass"},
  why: {
    id: "Tunjukkan di pintu yang tidak memindai balik. Hanya nama dan tahun lahir di dalamnya.",
    en: "Show it at a door that reads you. It holds your name and year of birth only.",
  },
  until: {id: "Ditunjukkan sampai", en: "Good to show until"},
  fetched: {id: "Diperbarui", en: "Refreshed"},
  none: {
    id: "Pas hanya ada selama Anda hijau cukup lama. Di pintu, pindai kode tempatnya: jawabannya tetap sama.",
    en: "There is a pass only while you are green for long enough. At the door, scan the code of the place instead: the answer is the same.",
  },
  over: {
    id: "Pas di perangkat ini sudah lewat. Sambungkan ke internet untuk yang baru.",
    en: "The pass on this device is over. Connect to the internet for a new one.",
  },
} as const;

function useClock(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

export function PassCard({last}: {last: Last}) {
  const say = useSay();
  const {tongue} = useTongue();
  const {clock, ago} = useMoments();
  const now = useClock();
  const pass = last.is === "old" ? null : passAt(last.passes, now);
  const time = new Intl.DateTimeFormat(tongue, {timeStyle: "medium"}).format(now);
  return (
    <section class="sheet pass" data-pass={pass ? "there" : "none"}>
      <h2>{say(words.title)}</h2>
      {pass && last.passes ? (
        <>
          <QrCode text={pass.text} label={say(words.label)} />
          <p class="ticks digits" aria-hidden="true">
            {time}
          </p>
          <p>
            {say(words.until)} <strong>{clock(pass.show_until)}</strong>. {say(words.fetched)}{" "}
            {ago(last.passes.issued_at)}.
          </p>
          <p class="soft">{say(words.why)}</p>
        </>
      ) : (
        <p class="none">
          <Icon name="scan" />
          {say(last.is === "fresh" ? words.none : words.over)}
        </p>
      )}
    </section>
  );
}
