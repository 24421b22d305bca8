import { DOMException } from "./events.ts";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Base64 of a text whose characters are bytes (HTML 8.3). @throws DOMException InvalidCharacterError */
export function btoa(input: unknown): string {
  const text = String(input);
  let out = "";
  for (let at = 0; at < text.length; at += 3) {
    const codes = [text.charCodeAt(at), text.charCodeAt(at + 1), text.charCodeAt(at + 2)];
    if (codes.some((code) => code > 255)) {
      throw new DOMException("The text holds a character above U+00FF.", "InvalidCharacterError");
    }
    const [a = 0, b = 0, c = 0] = codes.map((code) => (Number.isNaN(code) ? 0 : code));
    const left = text.length - at;
    out += LETTERS.charAt(a >> 2) + LETTERS.charAt(((a & 3) << 4) | (b >> 4));
    out += left > 1 ? LETTERS.charAt(((b & 15) << 2) | (c >> 6)) : "=";
    out += left > 2 ? LETTERS.charAt(c & 63) : "=";
  }
  return out;
}

/** The text whose bytes are in base64; white space is skipped (Infra 7). @throws DOMException InvalidCharacterError */
export function atob(input: unknown): string {
  let text = String(input).replace(/[\t\n\f\r ]/g, "");
  if (text.length % 4 === 0) text = text.replace(/={1,2}$/, "");
  if (text.length % 4 === 1 || /[^A-Za-z0-9+/]/.test(text)) {
    throw new DOMException("The text is not base64.", "InvalidCharacterError");
  }
  let out = "";
  let bits = 0;
  let count = 0;
  for (const letter of text) {
    bits = ((bits << 6) | LETTERS.indexOf(letter)) & 0xffff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += String.fromCharCode((bits >> count) & 255);
    }
  }
  return out;
}
