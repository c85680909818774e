// How a scan becomes a colour, for whoever wants to know before they trust it.
import {ColourLegend} from "../parts/colours";
import {useSay, type Text} from "../words/tongue";

const words = {
  title: {id: "Cara kerja Lindung", en: "How Lindung works"},
  lead: {
    id: "Sebuah pintu bertanya: boleh masuk atau tidak? Inilah yang terjadi di antara pertanyaan dan jawaban.",
    en: "A door asks: may this person enter? This is what happens between the question and the answer.",
  },
  colours: {id: "Arti warna", en: "What the colours mean"},
  never: {id: "Yang tidak pernah terjadi", en: "What never happens"},
} as const;

const steps: readonly Text[] = [
  {
    id: "Anda memindai kode di pintu dengan aplikasi yang sudah Anda pakai.",
    en: "You scan the code at the door with an app that you already have.",
  },
  {
    id: "Aplikasi bertanya dengan token acak yang hanya berlaku baginya. Nama dan NIK tidak ikut.",
    en: "The app asks with a random token that is good for that app alone. Name and national number stay out of it.",
  },
  {
    id: "Pertanyaan itu disegel: hanya aplikasi dan Lindung yang dapat membacanya. Panjangnya selalu sama.",
    en: "The question is sealed: only the app and Lindung can read it. Its length is always the same.",
  },
  {
    id: "Jawabannya dicatat dalam log publik, tanpa menyebut siapa pun, sebelum dikirim.",
    en: "The answer is written into the public log, naming nobody, before it is sent.",
  },
  {
    id: "Aplikasi menerima satu warna dan boleh atau tidak. Tidak lebih.",
    en: "The app gets one colour, and yes or no. Nothing else.",
  },
];

const never: readonly Text[] = [
  {
    id: "NIK dan tanggal lahir tidak pernah cukup untuk melihat sesuatu tentang Anda.",
    en: "A national number and a birth date are never enough to see anything about you.",
  },
  {
    id: "Riwayat kunjungan tidak disimpan selamanya: kunci hari itu dimusnahkan, dan catatannya menjadi derau.",
    en: "The history of visits is not kept for good: the key of the day is destroyed, and what it sealed is noise.",
  },
  {
    id: "Mitra yang membocorkan data tidak dapat menyangkal: tokennya menyebut namanya, dan ia diputus saat itu juga.",
    en: "A partner that leaks cannot deny it: the tokens name it, and it is cut off at once.",
  },
];

export function HowPage() {
  const say = useSay();
  return (
    <>
      <h1>{say(words.title)}</h1>
      <p class="lead">{say(words.lead)}</p>
      <section class="sheet">
        <ol class="steps">
          {steps.map((step) => (
            <li key={step.en}>{say(step)}</li>
          ))}
        </ol>
      </section>
      <h2>{say(words.colours)}</h2>
      <ColourLegend />
      <h2>{say(words.never)}</h2>
      <ul>
        {never.map((each) => (
          <li key={each.en}>{say(each)}</li>
        ))}
      </ul>
    </>
  );
}
