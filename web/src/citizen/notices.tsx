// What Lindung told the citizen, newest first.
import {useMoments} from "../parts/moments";
import {There} from "../parts/there";
import {Empty} from "../parts/waits";
import {useSay} from "../words/tongue";
import * as asks from "./asks";

const words = {
  title: {id: "Pemberitahuan", en: "Notices"},
  none: {id: "Tidak ada pemberitahuan.", en: "There are no notices."},
} as const;

export function NoticesPage() {
  const say = useSay();
  const {both} = useMoments();
  return (
    <>
      <h1>{say(words.title)}</h1>
      <There load={asks.notices}>
        {({notices}) =>
          notices.length === 0 ? (
            <Empty>{say(words.none)}</Empty>
          ) : (
            <section class="sheet">
              <ul class="rows">
                {notices.map((each) => (
                  <li key={each.id}>
                    <span>
                      {say(each.text)}
                      <small>{both(each.at)}</small>
                    </span>
                  </li>
                ))}
              </ul>
            </section>
          )
        }
      </There>
    </>
  );
}
