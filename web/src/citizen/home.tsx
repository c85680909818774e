// The citizen's first page: the colour at one glance, one tap to check in, and the pass.
import {useState} from "preact/hooks";
import {Act} from "../parts/act";
import {colourMeanings, colourNames} from "../parts/colours";
import {Icon} from "../parts/icons";
import {ColourMark} from "../parts/marks";
import {useMoments} from "../parts/moments";
import {Failed, Waits} from "../parts/waits";
import {useSay} from "../words/tongue";
import * as asks from "./asks";
import {Enter} from "./enter";
import {useLast, type Last} from "./last";
import {PassCard} from "./pass";
import {useWho} from "./who";

const words = {
  until: {id: "Sampai", en: "Until"},
  after: {id: "lalu", en: "then"},
  lasts: {id: "Tidak berubah dengan sendirinya", en: "It does not change by itself"},
  since: {id: "Sejak", en: "Since"},
  checkIn: {id: "Masuk ke tempat", en: "Check in"},
  checkInWhy: {id: "Pindai kode di pintu", en: "Scan the code at the door"},
  checkOut: {id: "Keluar", en: "Check out"},
  inside: {id: "Anda di dalam", en: "You are inside"},
  due: {id: "Keluar dengan sendirinya pukul", en: "You are checked out by itself at"},
  left: {id: "Anda sudah keluar. Terima kasih.", en: "You have checked out. Thank you."},
  kept: {
    id: "Tidak tersambung. Ini yang terakhir diketahui perangkat ini:",
    en: "No connection. This is what this device knew last:",
  },
  asks: {id: "Memeriksa lagi …", en: "Checking again …"},
  old: {id: "Terlalu lama untuk ditunjukkan", en: "Too old to be shown"},
  oldWhy: {
    id: "Perangkat ini terakhir tersambung lebih dari sehari yang lalu. Sambungkan ke internet.",
    en: "This device was connected more than a day ago. Connect it to the internet.",
  },
  restricted: {
    id: "Anda membatasi pemakaian data: mitra dijawab seolah-olah tidak ada hubungan.",
    en: "You have restricted the use of your data: partners are answered as if there were no link.",
  },
  rest: {
    id: "Demi keamanan, yang lain tertutup. Status dan pas tetap terbuka.",
    en: "For your safety all else is closed. Status and pass stay open.",
  },
  enter: {id: "Masuk lagi", en: "Sign in again"},
  noKey: {
    id: "Lain kali lebih cepat dan lebih aman: masuk dengan sidik jari atau wajah.",
    en: "Faster and safer next time: sign in with your fingerprint or face.",
  },
  addKey: {id: "Buat passkey", en: "Make a passkey"},
} as const;

function StatusPlate({last}: {last: Last}) {
  const say = useSay();
  const {both, day} = useMoments();
  const {status} = last;
  if (last.is === "old") {
    return (
      <section class="plate plain hero" data-colour="none">
        <div>
          <strong>{say(words.old)}</strong>
          <p>{say(words.oldWhy)}</p>
          <p>{both(last.at)}</p>
        </div>
      </section>
    );
  }
  return (
    <section class={`plate hero ${status.colour} ${last.is}`} data-colour={status.colour}>
      <ColourMark colour={status.colour} />
      <div>
        <strong>{say(colourNames[status.colour])}</strong>
        <p class="means">{say(colourMeanings[status.colour])}</p>
        <p>{say(status.reason.text)}</p>
        <p>
          {status.until
            ? `${say(words.until)} ${both(status.until)}${status.next ? `, ${say(words.after)} ${say(colourNames[status.next.colour])}` : ""}`
            : status.since
              ? `${say(words.since)} ${day(status.since)}`
              : say(words.lasts)}
        </p>
      </div>
    </section>
  );
}

function Age({last}: {last: Last}) {
  const say = useSay();
  const {both, ago} = useMoments();
  if (last.is === "fresh") return null;
  const isAsking = navigator.onLine && Date.now() - last.at < 60_000;
  return (
    <p class="note" role="status" data-age={Math.round((Date.now() - last.at) / 1000)}>
      {isAsking ? say(words.asks) : `${say(words.kept)} ${both(last.at)} (${ago(last.at)}).`}
    </p>
  );
}

function Inside({inside, again}: {inside: asks.Inside; again: () => void}) {
  const say = useSay();
  const {clock} = useMoments();
  const act = async () => {
    await asks.checkOut();
    again();
  };
  return (
    <section class="sheet inside">
      <p class="over">{say(words.inside)}</p>
      <h2>{inside.name}</h2>
      <p>
        {say(words.since)} {clock(inside.since)}. {say(words.due)} {clock(inside.due)}.
      </p>
      <Act act={act} kind="wide">
        <Icon name="out" />
        {say(words.checkOut)}
      </Act>
    </section>
  );
}

function CheckInButton({isQuiet}: {isQuiet: boolean}) {
  const say = useSay();
  return (
    <a class={isQuiet ? "button big quiet" : "button big"} href="/scan/">
      <Icon name="scan" />
      <span>
        {say(words.checkIn)}
        <small>{say(words.checkInWhy)}</small>
      </span>
    </a>
  );
}

export function HomePage() {
  const say = useSay();
  const {session, principal} = useWho();
  const [last, again] = useLast(principal);
  const [hasLeft, setHasLeft] = useState(false);
  if (last.state === "waits") return <Waits />;
  if (last.state === "failed") {
    return last.reason === "signed-out" ? <Enter /> : <Failed again={again} reason={last.reason} />;
  }
  const {value} = last;
  const left = () => {
    setHasLeft(true);
    again();
  };
  return (
    <div class="home">
      <div>
        <h1 class="name">{value.status.name}</h1>
        <Age last={value} />
        <StatusPlate last={value} />
        {session?.resting && (
          <p class="note">
            {say(words.rest)} <a href="#/enter">{say(words.enter)}</a>
          </p>
        )}
        {value.status.restricted && <p class="note">{say(words.restricted)}</p>}
        {hasLeft && !value.status.inside && (
          <p class="note" role="status">
            {say(words.left)}
          </p>
        )}
        {value.status.inside ? (
          <Inside inside={value.status.inside} again={left} />
        ) : (
          <CheckInButton isQuiet={value.status.colour === "black"} />
        )}
      </div>
      <div class="side">
        <PassCard last={value} />
        {session?.has_passkey === false && (
          <p class="note">
            {say(words.noKey)} <a href="#/devices">{say(words.addKey)}</a>
          </p>
        )}
      </div>
    </div>
  );
}
