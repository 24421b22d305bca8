/** The mark in the tab of the browser, a log of three lines; it is inside the page, so nothing is fetched for it. */
export const icon = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b5cad"/>' +
    '<path d="M8 10h16M8 16h11M8 22h14" stroke="#fff" stroke-width="3" stroke-linecap="round"/></svg>',
)}`;
