// The first page of a visitor: what this is, and the doors that are open to everybody.
import {ColourLegend} from "../parts/colours";
import {Icon} from "../parts/icons";
import {useSay} from "../words/tongue";
import {Enter} from "./enter";

const words = {
  title: {
    id: "Status kesehatan Anda, dan bukti siapa yang melihatnya",
    en: "Your health status, and proof of who looked at it",
  },
  lead: {
    id: "Pintu hanya melihat satu warna. Aplikasi mitra tidak pernah menerima nama atau NIK Anda, dan setiap jawaban tercatat dalam log publik sebelum dikirim.",
    en: "A door sees one colour and nothing else. Partner apps never get your name or national number, and every answer stands in a public log before it is sent.",
  },
  verify: {id: "Periksa sertifikat", en: "Verify a certificate"},
  verifyWhy: {
    id: "Di peramban ini; isinya tidak dikirim ke mana pun.",
    en: "In this browser; nothing of it is sent anywhere.",
  },
  log: {id: "Periksa log publik", en: "Check the public log"},
  logWhy: {
    id: "Berapa banyak jawaban, dan tanda tangan di bawahnya.",
    en: "How many answers, and the signature below them.",
  },
  how: {id: "Cara kerjanya", en: "How it works"},
  howWhy: {
    id: "Dari kode di pintu sampai jawaban, dalam lima langkah.",
    en: "From the code at a door to the answer, in five steps.",
  },
  figures: {id: "Angka dan peta", en: "Figures and map"},
  figuresWhy: {id: "Laporan hari ini menurut provinsi.", en: "The reports of the day, by province."},
  open: {id: "Terbuka bagi siapa pun", en: "Open to everybody"},
  asked: {id: "Sebuah aplikasi meminta izin Anda", en: "An app asks for your consent"},
  askedWhy: {
    id: "Masuklah dulu. Setelah itu Anda melihat siapa yang meminta, untuk apa, dan sampai kapan.",
    en: "Sign in first. Then you see who asks, what for, and until when.",
  },
  colours: {id: "Empat warna", en: "Four colours"},
} as const;

function Door({to, name, why}: {to: string; name: string; why: string}) {
  return (
    <li>
      <a href={to}>
        <span>
          <strong>{name}</strong>
          <small>{why}</small>
        </span>
        <Icon name="next" />
      </a>
    </li>
  );
}

/** `isAsked`: an app has sent the visitor here for a consent. */
export function Welcome({isAsked}: {isAsked: boolean}) {
  const say = useSay();
  return (
    <div class="welcome">
      <div class="hail">
        <h1>{say(isAsked ? words.asked : words.title)}</h1>
        <p class="lead">{say(isAsked ? words.askedWhy : words.lead)}</p>
      </div>
      <Enter />
      <div class="rest">
        <h2>{say(words.colours)}</h2>
        <ColourLegend />
        <h2>{say(words.open)}</h2>
        <ul class="rows links sheet">
          <Door to="/open/" name={say(words.how)} why={say(words.howWhy)} />
          <Door to="/open/#/figures" name={say(words.figures)} why={say(words.figuresWhy)} />
          <Door to="/open/#/log" name={say(words.log)} why={say(words.logWhy)} />
          <Door to="/open/#/verify" name={say(words.verify)} why={say(words.verifyWhy)} />
        </ul>
      </div>
    </div>
  );
}
