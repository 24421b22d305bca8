/** The package's public face: a client of any network, and a whole network on this machine. */
export * from "./library/index.ts";
