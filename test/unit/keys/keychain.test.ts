import { expect, test } from "vitest";
import { systemKeychain } from "../../../src/keys/index.ts";

const isServer = process.platform === "linux" && process.env["DBUS_SESSION_BUS_ADDRESS"] === undefined;

// On a desktop this would open the user's own keychain, which a test must not do.
test.runIf(isServer)(
  "a Linux machine without a session bus has no keychain, and the kernel's forgetful one is not taken",
  async () => {
    const keychain = systemKeychain();
    const unavailable = expect.objectContaining({ code: "DSDN_KEYS_KEYCHAIN_UNAVAILABLE" });
    await expect(keychain.find("test/none")).rejects.toEqual(unavailable);
    await expect(keychain.save("test/none", "not a secret")).rejects.toEqual(unavailable);
    await expect(keychain.remove("test/none")).rejects.toEqual(unavailable);
  },
);
