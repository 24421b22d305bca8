import type { Clock, Disk, Logger } from "../../base/index.ts";
import type { Ed25519Signer } from "../../crypto/index.ts";
import { createOutbox, type Outbox } from "../../net/index.ts";
import type { EventSink } from "../../protocol/index.ts";
import type { Replica } from "../../state/index.ts";
import { logViewOf } from "./log-view.ts";

interface RoleOutboxOptions {
  readonly key: Ed25519Signer;
  readonly dataFolder: string;
}

interface RoleOutboxDeps {
  readonly disk: Disk;
  readonly sink: EventSink;
  readonly replica: Replica;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The outbox of a role's own events, kept in `outbox.log` of its data folder and settled by its own replica. */
export function createRoleOutbox({ key, dataFolder }: RoleOutboxOptions, deps: RoleOutboxDeps): Outbox {
  const { disk, sink, replica, clock, log } = deps;
  return createOutbox(
    { key, network: replica.state.network, path: `${dataFolder}/outbox.log` },
    { disk, sink, view: logViewOf(replica), clock, log },
  );
}
