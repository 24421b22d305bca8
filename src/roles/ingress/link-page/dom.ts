/** The little of a browser that the page uses, typed here: the program as a whole is compiled for Node. */

export interface PageElement {
  textContent: string | null;
  readonly append: (...children: (PageElement | string)[]) => void;
  readonly replaceChildren: (...children: (PageElement | string)[]) => void;
  readonly setAttribute: (name: string, value: string) => void;
  readonly removeAttribute: (name: string) => void;
  readonly addEventListener: (event: string, listener: () => void) => void;
  readonly remove: () => void;
  readonly click: () => void;
  readonly focus: () => void;
}

interface Browser {
  readonly document: {
    title: string;
    readonly documentElement: PageElement & { lang: string };
    readonly createElement: (tag: string) => PageElement;
    readonly getElementById: (id: string) => PageElement | null;
  };
  readonly location: { readonly href: string; readonly host: string };
  readonly addEventListener: (event: string, listener: () => void) => void;
  /** Missing on a page that is not served securely. */
  readonly isSecureContext: boolean;
}

/** The browser this runs in. */
export const browser = globalThis as unknown as Browser;

type Attributes = { readonly [name: string]: string };

/** A new element. Text goes in as text, never as markup. */
export function element(tag: string, attributes: Attributes = {}, ...children: (PageElement | string)[]): PageElement {
  const made = browser.document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}
