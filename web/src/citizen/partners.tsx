// Which apps may ask about me: what each learns, until when, its receipt, and the way to stop it at once.
import {useState} from "preact/hooks";
import {Act} from "../parts/act";
import {useMoments} from "../parts/moments";
import {There} from "../parts/there";
import {Empty} from "../parts/waits";
import {askBytes, keepFile} from "../wire/portal";
import {useSay, type Text} from "../words/tongue";
import * as asks from "./asks";
import {partnerName} from "./partner_names";

const words = {
  // The server's own words (domain/consent.cpp) send people to this page and this button by their names.
  title: {id: "Mitra", en: "Partners"},
  lead: {
    id: "Aplikasi yang boleh menanyakan status Anda, karena Anda mengizinkannya. Mencabutnya berlaku saat itu juga.",
    en: "Apps that may ask for your status, because you allowed it. Withdrawing it takes effect at once.",
  },
  none: {
    id: "Belum ada. Mulailah di aplikasi itu sendiri: ia menunjukkan tautan atau kode QR yang membuka halaman ini.",
    en: "None yet. Begin in the app itself: it shows a link or a QR code that opens this page.",
  },
  past: {id: "Sudah berakhir", en: "Ended"},
  colour: {id: "melihat warna Anda", en: "sees your colour"},
  decision: {id: "hanya tahu boleh atau tidak", en: "learns yes or no only"},
  old: {
    id: "Hubungan lama, dari sebelum ada tanda terima.",
    en: "A link of before there were receipts.",
  },
  since: {id: "Sejak", en: "Since"},
  until: {id: "sampai", en: "until"},
  receipt: {id: "Tanda terima (PDF)", en: "Receipt (PDF)"},
  stop: {id: "Cabut", en: "Withdraw"},
  sure: {
    id: "Cabut sekarang? Aplikasi itu tidak lagi mendapat jawaban tentang Anda.",
    en: "Withdraw now? The app will get no more answers about you.",
  },
  yes: {id: "Ya, cabut", en: "Yes, withdraw"},
  no: {id: "Tidak", en: "No"},
  stopped: {
    id: "Dicabut. Sejak sekarang aplikasi itu tidak mendapat jawaban.",
    en: "Withdrawn. From now on the app gets no answer.",
  },
} as const;

const ends: Readonly<Record<string, Text>> = {
  withdrawn: {id: "dicabut oleh Anda", en: "withdrawn by you"},
  expired: {id: "waktunya habis", en: "its time was over"},
  erased: {id: "data dihapus", en: "data erased"},
  operator: {id: "dihentikan oleh otoritas", en: "stopped by the authority"},
};

function ConsentCard({consent, stopped}: {consent: asks.Consent; stopped: () => void}) {
  const say = useSay();
  const {day} = useMoments();
  const [asksTwice, setAsksTwice] = useState(false);
  const id = consent.id ?? "partner:" + consent.partner;
  return (
    <section class="sheet consent" data-partner={consent.partner}>
      <h2>{partnerName(consent.partner)}</h2>
      <p>
        {consent.profile ? consent.purposes.map((purpose) => say(purpose.text)).join(" ") : say(words.old)}{" "}
        {consent.profile && (
          <span class="tag">{say(consent.profile === "colour" ? words.colour : words.decision)}</span>
        )}
      </p>
      <p class="soft">
        {say(words.since)} {day(consent.granted)}
        {consent.until && `, ${say(words.until)} ${day(consent.until)}`}
      </p>
      {asksTwice ? (
        <div role="group" aria-label={say(words.stop)}>
          <p>{say(words.sure)}</p>
          <div class="choices">
            <Act
              kind="alarming"
              act={async () => {
                await asks.withdraw(id);
                stopped();
              }}
            >
              {say(words.yes)}
            </Act>
            <button type="button" class="button quiet" onClick={() => setAsksTwice(false)}>
              {say(words.no)}
            </button>
          </div>
        </div>
      ) : (
        <div class="choices">
          {consent.id && (
            <Act
              kind="quiet"
              act={async () => keepFile(await askBytes(`consents/${id}/receipt.pdf`), `lindung-${consent.partner}.pdf`)}
            >
              {say(words.receipt)}
            </Act>
          )}
          <button type="button" class="button quiet" onClick={() => setAsksTwice(true)}>
            {say(words.stop)}
          </button>
        </div>
      )}
    </section>
  );
}

export function PartnersPage() {
  const say = useSay();
  const {day} = useMoments();
  const [turn, setTurn] = useState(0);
  return (
    <>
      <h1>{say(words.title)}</h1>
      <p class="lead">{say(words.lead)}</p>
      {turn > 0 && (
        <p class="note" role="status">
          {say(words.stopped)}
        </p>
      )}
      <There load={asks.consents} turn={turn}>
        {({consents}) => {
          // The portal's own link is for check-ins that they make here themselves (adr/0044): it is no app that asks.
          const apps = consents.filter((each) => each.id !== null || each.partner !== "portal");
          const standing = apps.filter((each) => each.ended === null);
          const past = apps.filter((each) => each.ended !== null);
          return (
            <>
              {standing.length === 0 && <Empty>{say(words.none)}</Empty>}
              <div class="pair">
                {standing.map((each) => (
                  <ConsentCard key={each.id ?? each.partner} consent={each} stopped={() => setTurn(turn + 1)} />
                ))}
              </div>
              {past.length > 0 && (
                <>
                  <h2>{say(words.past)}</h2>
                  <ul class="rows">
                    {past.map((each) => (
                      <li key={each.id ?? each.partner}>
                        <span>
                          <strong>{partnerName(each.partner)}</strong>
                          <small>
                            {each.ended && day(each.ended)}
                            {each.ended_by && `, ${say(ends[each.ended_by] ?? {id: each.ended_by, en: each.ended_by})}`}
                          </small>
                        </span>
                      </li>
                    ))}
                  </ul>
                </>
              )}
            </>
          );
        }}
      </There>
    </>
  );
}
