// What every page stands in: skip link, head with its areas, the page itself, foot. A change of page moves the focus to
// it, as a load would.
import type {ComponentChildren} from "preact";
import {useEffect, useRef, useState} from "preact/hooks";
import {Icon, type IconName} from "./icons";
import {HouseMark} from "./marks";
import {keepTongue, readTongue, TongueContext, useSay, useTongue, type Text, type Tongue} from "../words/tongue";

export interface Area {
  path: string; // behind '#', or an address of its own that begins with '/' and ends with '/'
  name: Text;
  icon?: IconName;
  isMain?: boolean; // the one thing that most come for
}

export interface Place {
  areas: readonly Area[];
  at: string;
  home?: string; // where the mark leads
  under?: string; // where the places behind '#' are, when that is another page: "/"
  bar?: boolean; // the areas stand at the foot of a phone, within reach of a thumb
}

/** Whether an area is a page of its own. */
function isPage(path: string): boolean {
  return path.length > 1 && path.endsWith("/");
}

const words = {
  skip: {id: "Langsung ke isi", en: "Skip to the content"},
  areas: {id: "Bagian", en: "Sections"},
  other: {id: "English", en: "Bahasa Indonesia"},
  open: {
    id: "Perangkat lunak terbuka. Setiap jawaban tercatat dalam log publik yang dapat diperiksa siapa pun.",
    en: "Open source. Every answer stands in a public log that anybody can check.",
  },
} as const;

function TongueSwitch() {
  const {tongue, choose} = useTongue();
  const say = useSay();
  const other: Tongue = tongue === "id" ? "en" : "id";
  return (
    <button type="button" class="button quiet tongue" lang={other} onClick={() => choose(other)}>
      {say(words.other)}
    </button>
  );
}

function Areas({areas, at, bar, under = ""}: Place) {
  const say = useSay();
  return (
    <nav class={bar ? "areas bar" : "areas"} aria-label={say(words.areas)}>
      {areas.map((area) => (
        <a
          key={area.path}
          class={area.isMain ? "main" : undefined}
          href={isPage(area.path) ? area.path : under + "#" + area.path}
          aria-current={area.path === at ? "page" : undefined}
        >
          {area.icon ? (
            <>
              <Icon name={area.icon} />
              <span>{say(area.name)}</span>
            </>
          ) : (
            say(area.name)
          )}
        </a>
      ))}
    </nav>
  );
}

function Frame({children, ...place}: Place & {children: ComponentChildren}) {
  const {areas, at, home = "/"} = place;
  const say = useSay();
  const page = useRef<HTMLElement>(null);
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) page.current?.focus();
    first.current = false;
  }, [at]);
  return (
    <>
      <a class="skip" href="#page" onClick={(event) => (event.preventDefault(), page.current?.focus())}>
        {say(words.skip)}
      </a>
      <header class="head">
        <a class="mark" href={home}>
          <HouseMark />
          Lindung
        </a>
        {areas.length > 0 && <Areas {...place} />}
        <TongueSwitch />
      </header>
      <main id="page" tabIndex={-1} ref={page} key={at} class="appears">
        {children}
      </main>
      <footer class="foot">
        <p>{say(words.open)}</p>
      </footer>
    </>
  );
}

export function Shell(props: Place & {children: ComponentChildren}) {
  const [tongue, setTongue] = useState(readTongue);
  useEffect(() => {
    document.documentElement.lang = tongue;
  }, [tongue]);
  const choose = (chosen: Tongue) => {
    keepTongue(chosen);
    setTongue(chosen);
  };
  return (
    <TongueContext.Provider value={{tongue, choose}}>
      <Frame {...props} />
    </TongueContext.Provider>
  );
}
