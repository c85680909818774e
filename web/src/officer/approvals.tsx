// Commands that wait for another officer, each with exactly what it would do; who asked cannot approve.
import {useState} from "preact/hooks";
import {useAct} from "../parts/act";
import {useMoments} from "../parts/moments";
import {There} from "../parts/there";
import {Empty} from "../parts/waits";
import {useSay} from "../words/tongue";
import {approvals, approve, type Approval, type Given, type Value} from "./asks";
import {Facts, Shown} from "./desk";
import {commandName} from "./names";

const words = {
  title: {id: "Persetujuan", en: "Approvals"},
  lead: {
    id: "Baca apa yang akan dilaksanakan. Passkey Anda menandatangani persis perintah ini.",
    en: "Read what would be done. Your passkey signs exactly this command.",
  },
  none: {id: "Tidak ada yang menunggu.", en: "Nothing waits."},
  askedBy: {id: "Diminta oleh", en: "Asked by"},
  needed: {id: "petugas diperlukan", en: "officers are needed"},
  approved: {id: "Sudah menyetujui", en: "Approved by"},
  mine: {id: "Petugas lain yang harus menyetujui.", en: "Another officer must approve."},
  approve: {id: "Setujui dan laksanakan", en: "Approve and run"},
  done: {id: "Dilaksanakan.", en: "Done."},
  waits: {id: "Masih menunggu petugas lain.", en: "It still waits for another officer."},
  denied: {id: "Passkey ini tidak membuktikannya, atau peran Anda tidak memberi perintah ini.", en: "This passkey did not prove it, or your role does not give this command."},
} as const;

function Waiting({of, again}: {of: Approval; again: (given: Given<Value>) => void}) {
  const say = useSay();
  const {both} = useMoments();
  const {runs, run, problem, trouble} = useAct();
  const name = commandName(of.command);
  return (
    <section class="sheet" aria-label={of.command} data-approval={of.command}>
      <h2>{name ? say(name) : <code>{of.command}</code>}</h2>
      {name && (
        <p class="soft">
          <code>{of.command}</code>
        </p>
      )}
      <Facts of={of.arguments} />
      <p>
        {say(words.askedBy)} <strong>{of.asked_by}</strong>, {both(of.asked_at)}. {of.officers} {say(words.needed)}.
        {of.approved_by.length > 0 && ` ${say(words.approved)}: ${of.approved_by.join(", ")}.`}
      </p>
      {of.mine ? (
        <p class="empty">{say(words.mine)}</p>
      ) : (
        <button type="button" class="button" disabled={runs} onClick={() => run(async () => again(await approve(of.approval)))}>
          {say(words.approve)}
        </button>
      )}
      {problem === "denied" ? (
        <p class="trouble" role="alert">
          {say(words.denied)}
        </p>
      ) : (
        trouble
      )}
    </section>
  );
}

export function ApprovalsPage() {
  const say = useSay();
  const [turn, setTurn] = useState(0);
  const [given, setGiven] = useState<Given<Value> | null>(null);
  return (
    <>
      <h1>{say(words.title)}</h1>
      <p class="lead">{say(words.lead)}</p>
      {given && (
        <section class="sheet" role="status">
          <p>{say(given.waits_for ? words.waits : words.done)}</p>
          {given.result !== undefined && <Shown value={given.result} />}
        </section>
      )}
      <There load={approvals} turn={turn}>
        {({approvals: waiting}) =>
          waiting.length === 0 ? (
            <Empty>{say(words.none)}</Empty>
          ) : (
            waiting.map((each) => (
              <Waiting
                key={each.approval}
                of={each}
                again={(came) => {
                  setGiven(came);
                  setTurn(turn + 1);
                }}
              />
            ))
          )
        }
      </There>
    </>
  );
}
