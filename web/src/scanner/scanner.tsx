// The part that looks for a QR code: through the camera, or in a photo that somebody picks. It tells each new text once and
// decides nothing; who uses it says what the text is good for.
import {useEffect, useRef, useState} from "preact/hooks";
import {useSay, type Text} from "../words/tongue";
import {openCamera, type CameraState} from "./camera";
import {openDetector, readPhoto} from "./detector";
import "./scanner.css";

const words = {
  label: {id: "Gambar kamera", en: "What the camera sees"},
  waits: {id: "Membuka kamera …", en: "Opening the camera …"},
  sees: {id: "Arahkan ke kode QR", en: "Point it at the QR code"},
  refused: {
    id: "Kamera tidak diizinkan. Izinkan di pengaturan peramban, atau pilih foto kodenya.",
    en: "The camera was not allowed. Allow it in the browser’s settings, or pick a photo of the code.",
  },
  none: {
    id: "Tidak ada kamera yang dapat dipakai. Pilih foto kodenya.",
    en: "There is no camera to use. Pick a photo of the code.",
  },
  noReader: {
    id: "Pembaca kode tidak dapat dimuat. Periksa sambungan Anda.",
    en: "The reader of codes could not be loaded. Check your connection.",
  },
  photo: {id: "Pilih foto", en: "Pick a photo"},
  reads: {id: "Membaca foto …", en: "Reading the photo …"},
  empty: {
    id: "Tidak ada kode QR di foto itu. Coba yang lebih dekat.",
    en: "There is no QR code in that photo. Try a closer one.",
  },
  again: {id: "Coba kamera lagi", en: "Try the camera again"},
} as const;

const loadAfter = 3000; // milliseconds: where no camera opens at once, the page is there before its reader is fetched
const betweenLooks = 120; // milliseconds: eight times a second, so that a slow phone stays cool

type Photo = "none" | "reads" | "empty";

/** Looks until it is taken away, and tells a text again only after it saw another or none for two seconds. */
function useLooking(onText: (text: string) => void, turn: number) {
  const video = useRef<HTMLVideoElement>(null);
  const [state, setState] = useState<CameraState | "noReader">("waits");
  const told = useRef({text: "", at: 0});
  const tell = useRef(onText);
  tell.current = onText;
  useEffect(() => {
    const at = video.current;
    if (!at) return;
    let isOver = false;
    let begin = () => {};
    const begins = new Promise<void>((done) => (begin = done));
    const timer = setTimeout(begin, loadAfter);
    const camera = openCamera(at, (state) => {
      setState(state);
      if (state === "sees") begin();
    });
    const look = async () => {
      await begins;
      const detect = await openDetector();
      while (!isOver) {
        const texts = at.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA ? await detect(at).catch(() => []) : [];
        const text = texts[0];
        if (text && !isOver) {
          const isNew = text !== told.current.text || performance.now() - told.current.at > 2000;
          told.current = {text, at: performance.now()};
          if (isNew) tell.current(text);
        }
        await new Promise((done) => setTimeout(done, betweenLooks));
      }
    };
    look().catch(() => !isOver && setState("noReader"));
    return () => {
      isOver = true;
      clearTimeout(timer);
      camera.stop();
    };
  }, [turn]);
  return {video, state};
}

export function Scanner({onText, aim}: {onText: (text: string) => void; aim?: Text}) {
  const say = useSay();
  const [turn, setTurn] = useState(0);
  const {video, state} = useLooking(onText, turn);
  const [photo, setPhoto] = useState<Photo>("none");
  const pick = (event: Event) => {
    const input = event.currentTarget as HTMLInputElement;
    const file = input.files?.[0];
    if (!file) return;
    setPhoto("reads");
    readPhoto(file)
      .catch(() => [])
      .then((texts) => {
        setPhoto(texts[0] ? "none" : "empty");
        if (texts[0]) onText(texts[0]);
      });
    input.value = ""; // so that the same photo can be picked again
  };
  const isShown = state === "waits" || state === "sees";
  return (
    <div class="scanner">
      <div class={"sight" + (isShown ? "" : " dark")} data-camera={state}>
        <video ref={video} muted playsInline aria-label={say(words.label)} hidden={!isShown} />
        {isShown && <span class="aim" aria-hidden="true" />}
      </div>
      <p class="hint" role="status">
        {photo === "reads"
          ? say(words.reads)
          : photo === "empty"
            ? say(words.empty)
            : say(state === "sees" && aim ? aim : words[state])}
      </p>
      <div class="choices">
        <label class="button quiet">
          {say(words.photo)}
          <input class="hidden" type="file" accept="image/*" onChange={pick} />
        </label>
        {!isShown && (
          <button type="button" class="button quiet" onClick={() => setTurn(turn + 1)}>
            {say(words.again)}
          </button>
        )}
      </div>
    </div>
  );
}
