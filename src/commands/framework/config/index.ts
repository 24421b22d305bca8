export { labelOfNetwork } from "./destination.ts";
