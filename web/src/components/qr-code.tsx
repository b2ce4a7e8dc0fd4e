import type { Bitmap2D } from "lean-qr/nano";

interface Props {
  squares: Bitmap2D;
  /** What it holds, for those who do not see it. */
  label: string;
}

/** Draws the squares of a QR code. */
export function QrCode({ squares, label }: Props) {
  const { size } = squares;
  const line = Array.from({ length: size }, (_, at) => at);
  const dark = line.flatMap((y) =>
    line.flatMap((x) => (squares.get(x, y) ? [`M${x} ${y}h1v1h-1z`] : [])),
  );
  // One square of light around it, beside the frame's.
  return (
    <svg class="qr-code" viewBox={`-1 -1 ${size + 2} ${size + 2}`} role="img" aria-label={label}>
      <path d={dark.join("")} />
    </svg>
  );
}
