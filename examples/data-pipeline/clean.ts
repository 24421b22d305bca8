// Step 1, in TypeScript: keeps the lines that can be right, once each, and says in the log why it left others out.

interface Reading {
  readonly sensor: string;
  readonly at: string;
  readonly celsius: number;
}

/** Outside of these a thermometer is broken. */
const COLDEST = -40;
const HOTTEST = 85;

function parse(line: string): Reading | string {
  let found: Partial<Reading>;
  try {
    found = JSON.parse(line) as Partial<Reading>;
  } catch {
    return "it is no JSON";
  }
  const { sensor, at, celsius } = found;
  if (typeof sensor !== "string" || typeof at !== "string" || Number.isNaN(Date.parse(at))) return "a field is missing";
  if (typeof celsius !== "number" || celsius < COLDEST || celsius > HOTTEST) return `${celsius} degrees cannot be`;
  return { sensor, at, celsius };
}

export default function main(stdin: { text(): string }): string {
  const seen = new Set<string>();
  const kept: string[] = [];
  for (const [index, line] of stdin.text().split("\n").entries()) {
    if (line.trim() === "") continue;
    const reading = parse(line);
    const key = typeof reading === "string" ? "" : `${reading.sensor} ${reading.at}`;
    const reason = typeof reading === "string" ? reading : seen.has(key) ? "it was there before" : undefined;
    if (reason !== undefined) console.warn(`line ${index + 1} left out: ${reason}`);
    else kept.push(JSON.stringify(reading));
    seen.add(key);
  }
  return `${kept.join("\n")}\n`;
}
