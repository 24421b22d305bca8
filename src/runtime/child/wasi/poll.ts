import { wasi } from "@bjorn3/browser_wasi_shim";
import { monotonicClockNs, waitNs, wallClockNs } from "../coarse-clock.ts";

const SUBSCRIPTION_BYTES = 48;
const EVENT_BYTES = 32;
const SUBSCRIPTIONS = 256;

interface Subscription {
  readonly userData: bigint;
  readonly type: number;
  /** Nanoseconds until it is due; 0 for a descriptor, which is always ready. */
  readonly waitNs: bigint;
  readonly errno: number;
}

/**
 * Waits until the first of the subscriptions is due and writes every one that is.
 *
 * @param places - where subscriptions are read, events written and their number stored; checked by the caller.
 * @source WASI preview 1, `poll_oneoff`, `subscription`, `event`
 */
export function poll(
  view: DataView,
  places: { readonly subscriptions: number; readonly events: number; readonly stored: number },
  count: number,
): number {
  if (count === 0 || count > SUBSCRIPTIONS) return wasi.ERRNO_INVAL;
  const all = Array.from({ length: count }, (_, index) =>
    read(view, places.subscriptions + index * SUBSCRIPTION_BYTES),
  );
  const first = all.reduce((least, { waitNs: wait }) => (wait < least ? wait : least), all[0]?.waitNs ?? 0n);
  waitNs(first);
  const due = all.filter((subscription) => subscription.waitNs <= first);
  due.forEach(({ userData, type, errno }, index) => {
    const at = places.events + index * EVENT_BYTES;
    new Uint8Array(view.buffer, at, EVENT_BYTES).fill(0);
    view.setBigUint64(at, userData, true);
    view.setUint16(at + 8, errno, true);
    view.setUint8(at + 10, type);
    // A ready descriptor: at least one byte.
    if (type !== wasi.EVENTTYPE_CLOCK) view.setBigUint64(at + 16, 1n, true);
  });
  view.setUint32(places.stored, due.length, true);
  return wasi.ERRNO_SUCCESS;
}

function read(view: DataView, at: number): Subscription {
  const userData = view.getBigUint64(at, true);
  const type = view.getUint8(at + 8);
  if (type !== wasi.EVENTTYPE_CLOCK) return { userData, type, waitNs: 0n, errno: wasi.ERRNO_SUCCESS };
  const clock = view.getUint32(at + 16, true);
  const timeout = view.getBigUint64(at + 24, true);
  const isAbsolute = (view.getUint16(at + 40, true) & wasi.SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME) !== 0;
  if (clock > wasi.CLOCKID_MONOTONIC) return { userData, type, waitNs: 0n, errno: wasi.ERRNO_INVAL };
  const now = clock === wasi.CLOCKID_REALTIME ? wallClockNs() : monotonicClockNs();
  const wait = isAbsolute ? timeout - now : timeout;
  return { userData, type, waitNs: wait > 0n ? wait : 0n, errno: wasi.ERRNO_SUCCESS };
}
