// Acting for somebody else, and letting somebody act for me: seen by both, ended by either at once.
import {useState} from "preact/hooks";
import {Act, useAct} from "../parts/act";
import {Field} from "../parts/field";
import {useMoments} from "../parts/moments";
import {There} from "../parts/there";
import {Empty} from "../parts/waits";
import {useSay, type Text} from "../words/tongue";
import * as asks from "./asks";
import {useWho} from "./who";

const words = {
  title: {id: "Keluarga dan pendamping", en: "Family and carers"},
  lead: {
    id: "Bertindak untuk anak, orang tua, atau orang yang Anda rawat. Keduanya melihat, dan keduanya dapat mengakhirinya.",
    en: "Act for a child, a parent, or somebody you care for. Both of you see it, and both can end it.",
  },
  iAct: {id: "Saya bertindak untuk", en: "I act for"},
  noneIAct: {id: "Belum ada.", en: "Nobody so far."},
  actsForMe: {id: "Yang bertindak untuk saya", en: "Who acts for me"},
  noneActs: {id: "Tidak ada seorang pun.", en: "Nobody does."},
  act: {id: "Bertindak untuknya", en: "Act for them"},
  back: {id: "Kembali ke diri sendiri", en: "Back to myself"},
  end: {id: "Akhiri", en: "End it"},
  until: {id: "sampai", en: "until"},
  accept: {id: "Saya menerima kode", en: "I was given a code"},
  code: {id: "Kode", en: "Code"},
  use: {id: "Pakai kode", en: "Use the code"},
  wrong: {
    id: "Kode itu salah, sudah dipakai, atau lewat 15 menit.",
    en: "That code is wrong, used, or older than 15 minutes.",
  },
  invite: {id: "Izinkan seseorang", en: "Let somebody act for me"},
  as: {id: "Anda sebagai", en: "you as their"},
  relation: {id: "Orang itu bagi saya", en: "To me they are"},
  days: {id: "Selama (hari)", en: "For how many days"},
  may: {id: "Boleh", en: "They may"},
  make: {id: "Buat kode", en: "Make a code"},
  tell: {
    id: "Sebutkan kode ini kepadanya. Berlaku 15 menit, sekali pakai.",
    en: "Tell them this code. It is good for 15 minutes, once.",
  },
} as const;

const relations: Readonly<Record<string, Text>> = {
  parent: {id: "orang tua", en: "parent"},
  child: {id: "anak", en: "child"},
  spouse: {id: "suami atau istri", en: "spouse"},
  sibling: {id: "saudara", en: "sibling"},
  carer: {id: "pendamping", en: "carer"},
};
const scopes: Readonly<Record<string, Text>> = {
  see: {id: "melihat", en: "see"},
  "check-in": {id: "masuk dan pas", en: "check in, show the pass"},
  consent: {id: "mengizinkan aplikasi", en: "allow apps"},
};

function useNames() {
  const say = useSay();
  return (table: Readonly<Record<string, Text>>, name: string) => (table[name] ? say(table[name]) : name);
}

function DelegationRow({each, isMine, ended}: {each: asks.Delegation; isMine: boolean; ended: () => void}) {
  const say = useSay();
  const name = useNames();
  const {day} = useMoments();
  const {principal, choose} = useWho();
  const isChosen = principal?.delegation === each.id;
  return (
    <li>
      <span>
        <strong>{each.name}</strong> · {isMine && say(words.as)} {name(relations, each.relation)}
        <small>
          {each.scope.map((scope) => name(scopes, scope)).join(", ")}, {say(words.until)} {day(each.until)}
        </small>
        <span class="choices">
          {isMine && (
            <button
              type="button"
              class="button quiet"
              onClick={() => choose(isChosen ? null : {delegation: each.id, name: each.name})}
            >
              {say(isChosen ? words.back : words.act)}
            </button>
          )}
          <Act
            kind="quiet"
            act={async () => {
              await asks.endDelegation(each.id);
              if (isChosen) choose(null);
              ended();
            }}
          >
            {say(words.end)}
          </Act>
        </span>
      </span>
    </li>
  );
}

function Accept({accepted}: {accepted: () => void}) {
  const say = useSay();
  const [code, setCode] = useState("");
  const {runs, run, problem, trouble} = useAct();
  const submit = (event: Event) => {
    event.preventDefault();
    void run(async () => {
      await asks.acceptInvitation(code.trim());
      setCode("");
      accepted();
    });
  };
  return (
    <form class="sheet" onSubmit={submit}>
      <h2>{say(words.accept)}</h2>
      <Field
        name={say(words.code)}
        value={code}
        set={setCode}
        autocomplete="off"
        autocapitalize="characters"
        class="code"
        placeholder="K7QM-2XWD-9RTA"
        required
      />
      {problem === "not-found" ? (
        <p class="trouble" role="alert">
          {say(words.wrong)}
        </p>
      ) : (
        trouble
      )}
      <button class="button quiet" disabled={runs}>
        {say(words.use)}
      </button>
    </form>
  );
}

function Invite() {
  const say = useSay();
  const [relation, setRelation] = useState("child");
  const [days, setDays] = useState("90");
  const [scope, setScope] = useState<readonly string[]>(["see", "check-in"]);
  const [made, setMade] = useState("");
  const {runs, run, trouble} = useAct();
  const submit = (event: Event) => {
    event.preventDefault();
    void run(async () => setMade((await asks.invite(relation, scope, Number(days))).code));
  };
  const toggle = (each: string) =>
    setScope(scope.includes(each) ? scope.filter((other) => other !== each) : [...scope, each]);
  return (
    <form class="sheet" onSubmit={submit}>
      <h2>{say(words.invite)}</h2>
      <label class="field">
        <span>{say(words.relation)}</span>
        <select value={relation} onChange={(event) => setRelation(event.currentTarget.value)}>
          {Object.entries(relations).map(([each, text]) => (
            <option key={each} value={each}>
              {say(text)}
            </option>
          ))}
        </select>
      </label>
      <Field name={say(words.days)} value={days} set={setDays} type="number" min="1" max="365" required />
      <fieldset>
        <legend>{say(words.may)}</legend>
        {Object.entries(scopes).map(([each, text]) => (
          <label key={each} class="tick">
            <input type="checkbox" checked={scope.includes(each)} onChange={() => toggle(each)} />
            {say(text)}
          </label>
        ))}
      </fieldset>
      {trouble}
      <button class="button quiet" disabled={runs || scope.length === 0}>
        {say(words.make)}
      </button>
      {made && (
        <div role="status" class="told">
          <p>{say(words.tell)}</p>
          <p class="huge digits">{made}</p>
        </div>
      )}
    </form>
  );
}

export function DependantsPage() {
  const say = useSay();
  const [turn, setTurn] = useState(0);
  const again = () => setTurn(turn + 1);
  return (
    <>
      <h1>{say(words.title)}</h1>
      <p class="lead">{say(words.lead)}</p>
      <There load={asks.delegations} turn={turn}>
        {(all) => (
          <div class="pair">
            <section class="sheet">
              <h2>{say(words.iAct)}</h2>
              {all.i_act_for.length === 0 && <Empty>{say(words.noneIAct)}</Empty>}
              <ul class="rows">
                {all.i_act_for.map((each) => (
                  <DelegationRow key={each.id} each={each} isMine ended={again} />
                ))}
              </ul>
            </section>
            <section class="sheet">
              <h2>{say(words.actsForMe)}</h2>
              {all.acts_for_me.length === 0 && <Empty>{say(words.noneActs)}</Empty>}
              <ul class="rows">
                {all.acts_for_me.map((each) => (
                  <DelegationRow key={each.id} each={each} isMine={false} ended={again} />
                ))}
              </ul>
            </section>
          </div>
        )}
      </There>
      <div class="pair below">
        <Accept accepted={again} />
        <Invite />
      </div>
    </>
  );
}
