// Where in its area a page is: the part of the address behind '#', which never reaches a server's access log.
import {useEffect, useState} from "preact/hooks";

export function usePlace(): string {
  const [at, setAt] = useState(() => location.hash.slice(1) || "/");
  useEffect(() => {
    const move = () => setAt(location.hash.slice(1) || "/");
    addEventListener("hashchange", move);
    return () => removeEventListener("hashchange", move);
  }, []);
  return at;
}
