type Child = Node | string | null;
interface Attributes {
  readonly [name: string]: string | boolean | ((event: Event) => void) | undefined;
}

/**
 * A new element. Text goes in as text, never as markup: names of objects and deployments are anybody's.
 *
 * @param attributes - a function is a listener for the event its name tells after "on"; false and undefined are left out.
 */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children) if (child !== null) made.append(child);
  return made;
}

/** The text with what stands between backticks as commands. */
export function marked(text: string): Node[] {
  return text
    .split("`")
    .map((part, index) => (index % 2 === 1 ? element("code", {}, part) : document.createTextNode(part)));
}

/**
 * Draws a part of the page anew when what it shows has changed. Whoever stands with the keyboard on something that is
 * there again afterwards, told by `data-key`, still stands on it; what was scrolled stays scrolled.
 */
export function createSlot(box: HTMLElement): (shown: unknown, draw: () => readonly Child[]) => void {
  let last = "";
  return (shown, draw) => {
    const now = JSON.stringify(shown) ?? "";
    if (now === last) return;
    last = now;
    const focus = keyOf(box.contains(document.activeElement) ? document.activeElement : null);
    const scrolled = [...box.querySelectorAll<HTMLElement>("[data-scroll]")].map(
      (part) => [part, isAtEnd(part)] as const,
    );
    box.replaceChildren(...draw().filter((child) => child !== null));
    for (const [part, wasAtEnd] of scrolled) {
      const again = box.querySelector<HTMLElement>(`[data-scroll="${part.dataset["scroll"]}"]`);
      if (again !== null) again.scrollTop = wasAtEnd ? again.scrollHeight : part.scrollTop;
    }
    if (focus !== undefined) findKey(box, focus)?.focus({ preventScroll: true });
  };
}

function keyOf(target: Element | null): string | undefined {
  return target instanceof HTMLElement ? target.dataset["key"] : undefined;
}

function findKey(box: HTMLElement, key: string): HTMLElement | undefined {
  return [...box.querySelectorAll<HTMLElement>("[data-key]")].find((part) => part.dataset["key"] === key);
}

function isAtEnd(part: HTMLElement): boolean {
  return part.scrollHeight - part.scrollTop - part.clientHeight < 24;
}
