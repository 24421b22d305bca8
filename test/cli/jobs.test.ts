import { describe, expect, test } from "vitest";
import { useNetwork } from "./network.ts";

const network = useNetwork();

const SCRIPT = 'export default async function main(stdin) { return "read " + stdin.text().trim(); }';

interface Row {
  readonly number: number;
  readonly status: string;
  readonly output: string | null;
}
interface Job {
  readonly name: string;
  readonly workloads: readonly Row[];
  readonly job: {
    readonly cron: string;
    readonly timeZone: string;
    readonly nextMs: number;
    readonly skipped: number;
    readonly isQueued: boolean;
  } | null;
}

const show = async (name: string) => (await network.summary(["jobs", "show", name])).job as Job;

/** Asks until the newest run has this number and has ended. */
async function endOfRun(name: string, number: number): Promise<Row> {
  for (let tries = 0; tries < 400; tries++) {
    const [run] = (await show(name)).workloads;
    if (run?.number === number && ["finished", "failed"].includes(run.status)) return run;
  }
  throw new Error(`run ${number} of ${name} did not end`);
}

describe("a script", () => {
  test("runs again with the same package and input, and the runs are listed", async () => {
    await network.write({ "count.js": SCRIPT, "words.txt": "a b c" });
    const first = await network.summary(["deploy", "count.js", "--wait", "--stdin", "words.txt"]);
    expect(first).toMatchObject({ mode: "batch", version: 1, run: { exitCode: 0 } });
    const again = await network.summary(["jobs", "rerun", "count"]);
    expect(again).toMatchObject({ name: "count", of: 1, run: 2 });
    const run = await endOfRun("count", 2);
    expect(run.status).toBe("finished");
    const { stdout } = await network.run(["cat", run.output ?? ""]);
    expect(stdout).toContain("a b c");
    const { jobs } = (await network.summary(["jobs", "list"])) as { jobs: Job[] };
    expect(jobs.map(({ name, job }) => [name, job])).toEqual([["count", null]]);
    expect((await network.failure(["jobs", "rerun", "count", "--run", "9"])).code).toBe("DSDN_COMMANDS_RUN_UNKNOWN");
    expect(await network.summary(["jobs", "cancel", "count"])).toMatchObject({ runs: [], isScheduleEnded: false });
  });

  test("that answers requests is no job", async () => {
    await network.write({ "page/index.html": "<h1>hi</h1>" });
    await network.summary(["deploy", "page"]);
    expect((await network.failure(["jobs", "show", "page"])).code).toBe("DSDN_COMMANDS_NO_JOB");
    const failure = await network.failure(["deploy", "page", "--schedule", "@daily"]);
    expect(failure.code).toBe("DSDN_COMMANDS_SCHEDULE_UNUSED");
  });
});

describe("a schedule", () => {
  test("that is none is refused with what it takes, before anything is sent", async () => {
    const failure = await network.failure(["deploy", "count.js", "--schedule", "every day"]);
    expect(failure).toMatchObject({
      code: "DSDN_INTENT_VALUE_INVALID",
      facts: { place: "--schedule", field: "schedule" },
    });
    const zone = await network.failure(["deploy", "count.js", "--schedule", "@daily", "--time-zone", "Moon/Base"]);
    expect(zone).toMatchObject({ code: "DSDN_INTENT_VALUE_INVALID", facts: { field: "timeZone" } });
  });

  test("runs when its time comes by the network's clock, goes on after it, and can be ended", async () => {
    await network.write({
      "nightly/job.js": SCRIPT,
      "nightly/dsdn.yaml":
        "name: nightly\nintent:\n  type: batch\nentry: job.js\nschedule:\n  cron: '30 2 * * *'\n  timeZone: Asia/Jakarta\n",
    });
    const { scheduled } = (await network.summary(["deploy", "nightly"])) as {
      scheduled: { name: string; cron: string; timeZone: string; nextMs: number; visibility: string };
    };
    expect(scheduled).toMatchObject({
      name: "nightly",
      cron: "30 2 * * *",
      timeZone: "Asia/Jakarta",
      visibility: "private",
    });
    expect(new Date(scheduled.nextMs).toISOString()).toMatch(/T19:30:00/);
    expect((await show("nightly")).workloads).toEqual([]);

    const { logTimeMs } = (await network.summary(["jobs", "list"])) as { logTimeMs: number };
    const minutes = Math.ceil((scheduled.nextMs - logTimeMs) / 60_000) + 1;
    await network.summary(["dev", "clock", "advance", `${minutes}m`]);
    expect((await endOfRun("nightly", 1)).status).toBe("finished");
    expect((await show("nightly")).job?.nextMs).toBe(scheduled.nextMs + 86_400_000);

    // Three nights are missed while the network is not looking; one run makes up for them.
    await network.summary(["dev", "clock", "advance", "74h"]);
    expect((await endOfRun("nightly", 2)).status).toBe("finished");
    const shown = await network.run(["jobs", "show", "nightly"]);
    expect(shown.stdout).toContain("30 2 * * * (Asia/Jakarta)");
    expect(shown.stdout).toContain("one run makes up for all that were missed");

    const ended = await network.summary(["jobs", "cancel", "nightly", "--schedule"]);
    expect(ended).toMatchObject({ runs: [], isScheduleEnded: true, isDone: true });
    const after = await show("nightly");
    expect([after.job, after.workloads.length]).toEqual([null, 2]);
  });

  test("ends when the name is deployed without one, and dev deploy says that it sets none", async () => {
    await network.write({ "weekly/main.js": SCRIPT });
    await network.summary(["deploy", "weekly", "--schedule", "@weekly"]);
    expect((await show("weekly")).job?.cron).toBe("0 0 * * 0");
    await network.summary(["env", "set", "weekly", "COLOUR=red"]);
    const again = await network.run(["deploy", "weekly", "--wait", "--lang", "en"]);
    expect(again.exitCode).toBe(0);
    expect(again.stderr).toContain("0 0 * * 0 (UTC)");
    const after = await show("weekly");
    expect([after.job, after.workloads.map(({ number, status }) => `${number} ${status}`)]).toEqual([
      null,
      ["1 finished"],
    ]);
    expect(await network.summary(["env", "list", "weekly"])).toMatchObject({ env: [{ name: "COLOUR", value: "red" }] });

    await network.write({ "weekly/dsdn.yaml": "schedule: '@weekly'\n" });
    const tried = await network.run(["dev", "deploy", "weekly", "--lang", "en"]);
    expect(tried.stderr).toContain("names a schedule");
    expect((await show("weekly")).job).toBe(null);
  });

  test("leaves a run out, keeps it waiting or ends the one before while one goes on, as it was told", async () => {
    await network.write({ "slow.js": "export default () => new Promise((done) => setTimeout(done, 340_000));" });
    const planned = (...flags: string[]) =>
      network.summary(["deploy", "slow.js", "--type", "batch", "--schedule", "30 2 * * *", ...flags]);
    const statuses = async () => (await show("slow")).workloads.map(({ status }) => status);
    const nextNight = async () => {
      const before = (await show("slow")).job?.nextMs ?? 0;
      const { logTimeMs } = (await network.summary(["jobs", "list"])) as { logTimeMs: number };
      const minutes = Math.ceil((before - logTimeMs) / 60_000) + 1;
      await network.summary(["dev", "clock", "advance", `${minutes}m`]);
      for (let tries = 0; tries < 400; tries++) {
        const { job } = await show("slow");
        if ((job?.nextMs ?? 0) > before) return job;
      }
      throw new Error("the night did not come");
    };
    const isActive = (status: string | undefined) => status === "assigned" || status === "running";

    await planned();
    await nextNight();
    expect((await nextNight())?.skipped).toBe(1);
    expect((await statuses()).map(isActive)).toEqual([true]);

    await planned("--overlap", "queue");
    expect(await nextNight()).toMatchObject({ isQueued: true, skipped: 0 });
    await network.summary(["jobs", "cancel", "slow"]);
    for (let tries = 0; tries < 400 && (await statuses()).length < 2; tries++);
    expect((await statuses()).map(isActive)).toEqual([true, false]);

    await planned("--overlap", "replace");
    await nextNight();
    expect((await statuses()).slice(1)).toEqual(["cancelled", "cancelled"]);
    expect(isActive((await statuses())[0])).toBe(true);
    expect(await network.summary(["jobs", "cancel", "slow", "--schedule"])).toMatchObject({ runs: [3] });
  });
});
