/** Makes lines of bytes that come in pieces. */
export interface LineBuffer {
  write(bytes: Uint8Array): void;
  /** Passes on a last line that has no end. */
  end(): void;
}

/** Builds a buffer; a line longer than `lineBytes` is passed on in pieces. */
export function createLineBuffer(lineBytes: number, pass: (line: string) => void): LineBuffer {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  const flush = (): void => {
    if (heldBytes > 0) pass(new TextDecoder().decode(Buffer.concat(held)).replace(/\r$/, ""));
    held = [];
    heldBytes = 0;
  };
  return {
    write(bytes) {
      for (let start = 0; start < bytes.length; ) {
        const found = bytes.indexOf(0x0a, start);
        const hasEnd = found !== -1 && found - start <= lineBytes;
        const stop = hasEnd ? found : Math.min(bytes.length, start + lineBytes);
        held.push(Buffer.from(bytes.slice(start, stop)));
        heldBytes += stop - start;
        if (hasEnd && heldBytes === 0) pass("");
        if (hasEnd || heldBytes >= lineBytes) flush();
        start = hasEnd ? stop + 1 : stop;
      }
    },
    end: flush,
  };
}
