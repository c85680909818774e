// The rights of UU PDP 27/2022: take everything along, correct, restrict, erase. What cannot be undone says so first.
import {useState} from "preact/hooks";
import {Act} from "../parts/act";
import {useMoments} from "../parts/moments";
import {There} from "../parts/there";
import {askBytes, keepFile} from "../wire/portal";
import {useSay} from "../words/tongue";
import * as asks from "./asks";
import {challengeOver, Prove} from "./prove";
import {useWho} from "./who";

const words = {
  title: {id: "Hak Anda", en: "Your rights"},
  lead: {
    id: "Menurut UU Pelindungan Data Pribadi 27/2022. Setiap tindakan di sini tercatat di log publik, tanpa nama.",
    en: "By the law on the protection of personal data 27/2022. Each act here is written into the public log, without a name.",
  },
  take: {id: "Bawa semua data Anda", en: "Take all your data along"},
  takeWhy: {
    id: "Semua yang disimpan tentang Anda: untuk dibaca (PDF) atau untuk mesin (JSON).",
    en: "All that is kept about you: to read (PDF) or for machines (JSON).",
  },
  correct: {id: "Perbaiki", en: "Correct"},
  correctWhy: {id: "Ada catatan yang salah? Sanggahlah.", en: "Is a record wrong? Dispute it."},
  records: {id: "Ke catatan saya", en: "To my records"},
  restrict: {id: "Batasi", en: "Restrict"},
  restrictWhy: {
    id: "Mitra mendapat jawaban seolah-olah tidak ada hubungan. Pas dan portal Anda tetap jalan. Dapat dibatalkan kapan saja.",
    en: "Partners are answered as if there were no link. Your pass and this portal go on. You can lift it at any time.",
  },
  restrictDo: {id: "Batasi sekarang", en: "Restrict now"},
  since: {id: "Dibatasi sejak", en: "Restricted since"},
  lift: {id: "Cabut pembatasan", en: "Lift it"},
  erase: {id: "Hapus semuanya", en: "Erase everything"},
  eraseWhy: {
    id: "Kunci data Anda dimusnahkan saat itu juga: tidak seorang pun dapat membacanya lagi. Tidak dapat dibatalkan. Sisa di cadangan tidak terbaca setelah",
    en: "The key of your data is destroyed at once: nobody can read it any more. It cannot be undone. What is left in backups is unreadable after",
  },
  days: {id: "hari", en: "days"},
  sure: {id: "Ketik HAPUS untuk melanjutkan", en: "Type ERASE to go on"},
  word: {id: "HAPUS", en: "ERASE"},
  eraseDo: {id: "Hapus semua data saya", en: "Erase all my data"},
  gone: {id: "Data Anda sudah dihapus", en: "Your data is erased"},
  goneWhy: {
    id: "Simpan halaman ini: dengan pembuka ini Anda dapat membuktikan kelak bahwa penghapusan itu tercatat di log.",
    en: "Keep this page: with this opening you can prove later that the erasure stands in the log.",
  },
  entry: {id: "Baris log", en: "Log entry"},
  opening: {id: "Pembuka", en: "Opening"},
  backups: {id: "Cadangan tidak terbaca sejak", en: "Backups unreadable from"},
  visits: {id: "Kunjungan tidak terbaca sejak", en: "Visits unreadable from"},
  done: {id: "Selesai", en: "Done"},
} as const;

function Export({form}: {form: "pdf" | "json"}) {
  return (
    <Prove
      kind="quiet"
      challenge={() => challengeOver("citizen.export", "export " + form)}
      act={async (proof) => keepFile(await askBytes("export", {body: {form, ...proof}}), "lindung." + form)}
    >
      {form.toUpperCase()}
    </Prove>
  );
}

function Restriction({rights, again}: {rights: asks.Rights; again: () => void}) {
  const say = useSay();
  const {both} = useMoments();
  const flip = async () => {
    await (rights.restricted_since ? asks.lift() : asks.restrict());
    again();
  };
  return (
    <section class="sheet">
      <h2>{say(words.restrict)}</h2>
      <p>{say(words.restrictWhy)}</p>
      {rights.restricted_since && (
        <p role="status">
          {say(words.since)} {both(rights.restricted_since)}
        </p>
      )}
      <Act kind="quiet" act={flip}>
        {say(rights.restricted_since ? words.lift : words.restrictDo)}
      </Act>
    </section>
  );
}

function Erasure({rights, erased}: {rights: asks.Rights; erased: (what: asks.Erased) => void}) {
  const say = useSay();
  const [typed, setTyped] = useState("");
  const isSure = typed.trim().toUpperCase() === say(words.word);
  return (
    <section class="sheet danger">
      <h2>{say(words.erase)}</h2>
      <p>
        {say(words.eraseWhy)} {rights.erased_unreadable_days} {say(words.days)}.
      </p>
      <label class="field">
        <span>{say(words.sure)}</span>
        <input
          value={typed}
          autocomplete="off"
          autocapitalize="characters"
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
      </label>
      {isSure && (
        <Prove
          kind="alarming"
          challenge={() => challengeOver("citizen.erase", "erase")}
          act={async (proof) => erased(await asks.erase(proof))}
        >
          {say(words.eraseDo)}
        </Prove>
      )}
    </section>
  );
}

function Gone({what}: {what: asks.Erased}) {
  const say = useSay();
  const {day} = useMoments();
  const {forget} = useWho();
  return (
    <section class="sheet" role="status" data-erased="yes">
      <h1>{say(words.gone)}</h1>
      <p>{say(words.goneWhy)}</p>
      <dl class="facts">
        <dt>{say(words.entry)}</dt>
        <dd class="digits">{what.log_index}</dd>
        <dt>{say(words.opening)}</dt>
        <dd>
          <code>{what.opening}</code>
        </dd>
        <dt>{say(words.backups)}</dt>
        <dd>{day(what.backups_unreadable_from)}</dd>
        <dt>{say(words.visits)}</dt>
        <dd>{day(what.visits_unreadable_from)}</dd>
      </dl>
      <button type="button" class="button" onClick={() => void forget()}>
        {say(words.done)}
      </button>
    </section>
  );
}

export function RightsPage() {
  const say = useSay();
  const [gone, setGone] = useState<asks.Erased | null>(null);
  if (gone) return <Gone what={gone} />;
  return (
    <>
      <h1>{say(words.title)}</h1>
      <p class="lead">{say(words.lead)}</p>
      <There load={asks.rights}>
        {(rights, again) => (
          <div class="pair two">
            <section class="sheet">
              <h2>{say(words.take)}</h2>
              <p>{say(words.takeWhy)}</p>
              <div class="choices">
                <Export form="pdf" />
                <Export form="json" />
              </div>
            </section>
            <section class="sheet">
              <h2>{say(words.correct)}</h2>
              <p>{say(words.correctWhy)}</p>
              <a class="button quiet" href="#/records">
                {say(words.records)}
              </a>
            </section>
            <Restriction rights={rights} again={again} />
            <Erasure rights={rights} erased={setGone} />
          </div>
        )}
      </There>
    </>
  );
}
