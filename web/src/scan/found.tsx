// What a code was found to be, before anything is sent, and what came of sending it.
import type {ComponentChildren} from "preact";
import type {Entered, Venue} from "../citizen/asks";
import {categoryName} from "../citizen/categories";
import {ColourMark, type Colour} from "../parts/marks";
import {useMoments} from "../parts/moments";
import {useSay, useTongue, type Text} from "../words/tongue";

const words = {
  short: {id: "kode di poster", en: "code on the poster"},
  found: {id: "Kode ini milik", en: "This code is of"},
  inside: {id: "orang di dalam", en: "people inside"},
  of: {id: "dari", en: "of"},
  full: {id: "Sudah penuh. Tunggu sampai ada yang keluar.", en: "It is full. Wait until somebody leaves."},
  closed: {
    id: "Dengan warna Anda sekarang, tempat ini tidak akan membuka.",
    en: "With your colour of now this place will not open.",
  },
  at: {id: "pukul", en: "at"},
  home: {id: "Ke status saya", en: "To my status"},
} as const;

function Crowd({venue}: {venue: Venue}) {
  const say = useSay();
  const {tongue} = useTongue();
  const number = new Intl.NumberFormat(tongue);
  const hasLimit = venue.capacity > 0;
  return (
    <div class="crowd">
      <p>
        <strong class="count">{number.format(venue.inside)}</strong>{" "}
        {hasLimit && `${say(words.of)} ${number.format(venue.capacity)} `}
        {say(words.inside)}
      </p>
      {hasLimit && (
        <meter
          min={0}
          max={venue.capacity}
          high={venue.capacity * 0.9}
          value={venue.inside}
          aria-label={say(words.inside)}
        />
      )}
    </div>
  );
}

export function FoundVenue({
  venue,
  short,
  children,
}: {
  venue: Venue & {opens: boolean};
  short: string; // as it stands on the poster
  children: ComponentChildren;
}) {
  const say = useSay();
  const isFull = venue.capacity > 0 && venue.inside >= venue.capacity;
  return (
    <section class="sheet found appears" data-venue={venue.name} aria-live="polite">
      <p class="over">{say(words.found)}</p>
      <h2>{venue.name}</h2>
      <p class="soft">
        {say(categoryName(venue.category))}, {say(words.short)} <code>{short}</code>
      </p>
      <Crowd venue={venue} />
      {isFull ? <p class="trouble">{say(words.full)}</p> : !venue.opens && <p class="trouble">{say(words.closed)}</p>}
      {children}
    </section>
  );
}

const outcomes: Readonly<Record<Entered["outcome"], {colour: Colour; title: Text; why: Text}>> = {
  allow: {
    colour: "green",
    title: {id: "Silakan masuk", en: "You are in"},
    why: {id: "Tunjukkan layar ini di pintu.", en: "Show this screen at the door."},
  },
  deny: {
    colour: "red",
    title: {id: "Tidak dapat masuk", en: "You may not go in"},
    why: {
      id: "Warna Anda tidak cukup untuk tempat seperti ini. Tidak ada yang dicatat.",
      en: "Your colour is not enough for a place like this. Nothing was recorded.",
    },
  },
  venue_refused: {
    colour: "yellow",
    title: {id: "Kode tidak berlaku", en: "The code does not hold"},
    why: {
      id: "Pindai lagi kode yang tampil sekarang, atau tanyakan kepada petugas pintu.",
      en: "Scan the code that is shown now, or ask who is at the door.",
    },
  },
  venue_full: {
    colour: "yellow",
    title: {id: "Tempat ini penuh", en: "This place is full"},
    why: {
      id: "Anda belum masuk. Coba lagi begitu ada yang keluar.",
      en: "You are not in. Try again when somebody has left.",
    },
  },
  over_quota: {
    colour: "yellow",
    title: {id: "Terlalu sering", en: "Too often"},
    why: {
      id: "Batas pertanyaan hari ini tercapai. Tunjukkan pas Anda di pintu.",
      en: "Today’s limit of questions is reached. Show your pass at the door.",
    },
  },
};

export function Result({result, children}: {result: Entered; children: ComponentChildren}) {
  const say = useSay();
  const {clock} = useMoments();
  const {colour, title, why} = outcomes[result.outcome];
  return (
    <div role="status" class="appears" data-outcome={result.outcome}>
      <section class={"plate hero " + colour}>
        <ColourMark colour={colour} />
        <div>
          <strong>{say(title)}</strong>
          {result.venue && (
            <p class="means">
              {result.venue.name}, {say(words.at)} {clock(result.at)}
            </p>
          )}
          <p>{say(why)}</p>
        </div>
      </section>
      {result.venue && (
        <section class="sheet">
          <Crowd venue={result.venue} />
        </section>
      )}
      <p class="choices">
        <a class="button" href="/">
          {say(words.home)}
        </a>
        {children}
      </p>
    </div>
  );
}
