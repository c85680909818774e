// A QR code as one path, black on white in both schemes: readers need the contrast.
import {useMemo} from "preact/hooks";
import {encode} from "uqr";

const quiet = 4; // modules of white around it (ISO/IEC 18004 section 9.1)

function outline(rows: readonly (readonly boolean[])[]): string {
  const strokes: string[] = [];
  rows.forEach((row, y) => {
    for (let x = 0; x < row.length; ++x) {
      if (!row[x]) continue;
      const from = x;
      while (row[x + 1]) ++x;
      strokes.push(`M${from + quiet} ${y + quiet}h${x + 1 - from}v1h-${x + 1 - from}z`);
    }
  });
  return strokes.join("");
}

export function QrCode({text, label}: {text: string; label: string}) {
  const {path, size} = useMemo(() => {
    const code = encode(text, {ecc: "M", border: 0, boostEcc: true});
    return {path: outline(code.data), size: code.size + 2 * quiet};
  }, [text]);
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shape-rendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
