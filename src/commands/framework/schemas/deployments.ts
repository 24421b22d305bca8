import * as z from "zod";

/** Summaries of the commands about sites, programs and the network that runs them. */

const workload = z.strictObject({
  workload: z.string(),
  deployment: z.string(),
  name: z.string(),
  owner: z.string(),
  kind: z.string(),
  mode: z.enum(["service", "batch"]),
  visibility: z.enum(["private", "public"]),
  package: z.string(),
  status: z.string(),
  reason: z.string(),
  node: z.string().nullable(),
  zone: z.string().nullable(),
  output: z.string().nullable(),
  submittedMs: z.int(),
  number: z.int(),
  turn: z.int(),
  preview: z.strictObject({ name: z.string(), expiresMs: z.int().nullable() }).nullable(),
  attempts: z.int(),
  sealedTo: z.array(z.string()),
  placement: z
    .strictObject({
      total: z.int(),
      suitable: z.int(),
      refused: z.array(
        z.strictObject({
          node: z.string(),
          zone: z.string(),
          rule: z.enum(["not-active", "not-sealed-to", "failed-before"]),
        }),
      ),
    })
    .nullable(),
});

const job = z.strictObject({
  package: z.string(),
  cron: z.string(),
  timeZone: z.string(),
  overlap: z.enum(["skip", "queue", "replace"]),
  missed: z.enum(["run-once", "skip"]),
  knownUntilMs: z.int(),
  scheduledMs: z.int(),
  /** Log time, as all of these; null when no run is due any more. */
  nextMs: z.int().nullable(),
  lastDueMs: z.int().nullable(),
  isQueued: z.boolean(),
  skipped: z.int(),
});

const deployment = z.strictObject({
  deployment: z.string(),
  name: z.string(),
  owner: z.string(),
  label: z.string(),
  url: z.string(),
  fallbackUrl: z.string(),
  isRemoved: z.boolean(),
  latest: z.string().nullable(),
  current: z.string().nullable(),
  aliases: z.array(z.strictObject({ name: z.string(), workload: z.string().nullable() })),
  domains: z.array(z.strictObject({ domain: z.string(), addedMs: z.int(), verifiedMs: z.int().nullable() })),
  workloads: z.array(workload),
  job: job.nullable(),
});

const project = z.strictObject({
  name: z.string(),
  kind: z.string(),
  mode: z.enum(["service", "batch"]),
  visibility: z.enum(["private", "public"]),
  /** The tool that builds the project; null when none was recognised. */
  framework: z.string().nullable(),
  /** Whether the project's own build was run now, or the output of an earlier one taken. */
  build: z.enum(["built", "taken"]).nullable(),
  deployment: z.string(),
  workload: z.string(),
  version: z.int(),
  status: z.string(),
  /** Null for a script: it answers no requests. */
  url: z.string().nullable(),
  fallbackUrl: z.string().nullable(),
  /** The HTTP status with which it answered `GET /`. */
  answerStatus: z.int().nullable(),
  preview: z.string().nullable(),
  package: z.string(),
  files: z.int(),
  sizeBytes: z.int(),
  skipped: z.array(z.strictObject({ path: z.string(), reason: z.string() })),
  /** Of a script that was waited for. */
  run: z.strictObject({ exitCode: z.int(), output: z.string().nullable() }).nullable(),
  /** True when nothing was deployed, because the same runs already. */
  isUnchanged: z.boolean(),
});

/** A package that was built and not sent. */
const packed = z.strictObject({
  name: z.string(),
  type: z.string(),
  kind: z.string(),
  mode: z.enum(["service", "batch"]),
  framework: z.string().nullable(),
  build: z.enum(["built", "taken"]).nullable(),
  because: z.array(z.string()),
  digest: z.string(),
  files: z.array(z.strictObject({ path: z.string(), sizeBytes: z.int() })),
  sizeBytes: z.int(),
  skipped: z.array(z.strictObject({ path: z.string(), reason: z.string() })),
});

const amount = z.strictObject({ usd: z.number(), nusa: z.number() });

/** What `deploy --dry-run` says instead. */
const plan = z.strictObject({
  ...packed.shape,
  cost: z.strictObject({
    storagePerMonth: amount,
    bandwidthPerMonth: amount,
    totalPerMonth: amount,
    usdPerNusa: z.number(),
  }),
  changes: z
    .strictObject({
      version: z.int(),
      added: z.array(z.string()),
      changed: z.array(z.string()),
      removed: z.array(z.string()),
      unchanged: z.int(),
    })
    .nullable(),
  isCompared: z.boolean(),
});

/** What `deploy --explain` says instead. */
const explanation = z.strictObject({
  name: z.string(),
  decisions: z.array(
    z.strictObject({
      what: z.string(),
      value: z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())]),
      rule: z.string(),
      because: z.strictObject({ en: z.string(), id: z.string() }),
    }),
  ),
});

/** A version that has the deployment's requests again. */
const promoted = z.strictObject({
  name: z.string(),
  from: z.int().nullable(),
  version: z.int(),
  workload: z.string(),
  url: z.string(),
  tookMs: z.int(),
});

/** A host name of a deployment's own and the TXT record that gives it to the deployment. */
const domain = z.strictObject({
  domain: z.string(),
  isVerified: z.boolean(),
  record: z.strictObject({ name: z.string(), value: z.string() }),
});

export const deploymentSchemas = {
  versions: z.strictObject({
    name: z.string(),
    versions: z.array(
      z.strictObject({
        version: z.int(),
        workload: z.string(),
        package: z.string(),
        status: z.string(),
        submittedMs: z.int(),
        /** True for the one version that has the deployment's requests. */
        isCurrent: z.boolean(),
        preview: z.string().nullable(),
        aliases: z.array(z.string()),
        /** Where it answers; null while no name leads to it. */
        url: z.string().nullable(),
      }),
    ),
  }),
  rollback: promoted,
  promote: promoted,
  "alias set": z.strictObject({ name: z.string(), alias: z.string(), version: z.int().nullable(), url: z.string() }),
  "alias list": z.strictObject({
    name: z.string(),
    aliases: z.array(z.strictObject({ alias: z.string(), version: z.int().nullable(), url: z.string() })),
  }),
  "alias rm": z.strictObject({ name: z.string(), alias: z.string() }),
  "domains add": z.strictObject({ name: z.string(), ...domain.shape, target: z.string() }),
  "domains verify": z.strictObject({
    name: z.string(),
    ...domain.shape,
    /** What a request for the name got from the ingress; status 0 when nothing. */
    answer: z.strictObject({ status: z.int(), refusal: z.string().nullable() }),
    tookMs: z.int(),
  }),
  "domains list": z.strictObject({ name: z.string(), domains: z.array(domain) }),
  "domains rm": z.strictObject({ name: z.string(), domain: z.string() }),
  exec: z.union([
    z.strictObject({
      name: z.string(),
      status: z.int(),
      /** The version that answered; null when it is none of the deployment's. */
      version: z.int().nullable(),
      headers: z.record(z.string(), z.string()),
      /** Null when the body is not UTF-8. */
      text: z.string().nullable(),
      sizeBytes: z.int(),
      tookMs: z.int(),
    }),
    /** Of a script. */
    z.strictObject({
      name: z.string(),
      run: z.int(),
      workload: z.string(),
      exitCode: z.int(),
      output: z.strictObject({ object: z.string(), text: z.string().nullable() }).nullable(),
      tookMs: z.int(),
    }),
  ]),
  open: z.strictObject({ name: z.string(), url: z.string(), fallbackUrl: z.string(), isOpened: z.boolean() }),
  init: z.strictObject({
    folder: z.string(),
    /** Null for a project made of a folder or an archive. */
    template: z.string().nullable(),
    /** The folder or archive it was made of; null for a template. */
    from: z.string().nullable(),
    files: z.array(z.string()),
    /** What of the folder or archive was left out. */
    skipped: z.array(z.string()),
    /** The pipeline file that was written, absolute; null when none was. */
    ci: z.strictObject({ host: z.enum(["github", "gitlab"]), path: z.string() }).nullable(),
  }),
  deploy: z.union([
    z.strictObject({
      ...project.shape,
      output: z.strictObject({ object: z.string(), text: z.string().nullable() }).nullable(),
      readyAfterMs: z.number(),
    }),
    z.strictObject({ plan }),
    z.strictObject({ explanation }),
    z.strictObject({
      scheduled: z.strictObject({
        name: z.string(),
        deployment: z.string(),
        package: z.string(),
        visibility: z.enum(["private", "public"]),
        cron: z.string(),
        timeZone: z.string(),
        /** Log time. */
        nextMs: z.int().nullable(),
      }),
    }),
  ]),
  package: z.strictObject({ ...packed.shape, path: z.string() }),
  "jobs list": z.strictObject({ logTimeMs: z.int(), jobs: z.array(deployment) }),
  "jobs show": z.strictObject({ job: deployment }),
  "jobs cancel": z.strictObject({
    name: z.string(),
    runs: z.array(z.int()),
    isScheduleEnded: z.boolean(),
    isDone: z.boolean(),
  }),
  "jobs rerun": z.strictObject({
    name: z.string(),
    of: z.int(),
    run: z.int(),
    workload: z.string(),
    status: z.string(),
  }),
  status: z.union([
    z.strictObject({
      overview: z.strictObject({
        network: z.string(),
        id: z.string(),
        ingress: z.string(),
        height: z.int(),
        logTimeMs: z.int(),
        stateRoot: z.string(),
        isLogConnected: z.boolean(),
        logLatencyMs: z.number(),
        nodes: z.strictObject({ active: z.int(), total: z.int() }),
        zones: z.int(),
        objects: z.int(),
        deployments: z.array(deployment),
      }),
    }),
    z.strictObject({
      deployment,
      /** What one request found; null for what answers none. */
      health: z
        .strictObject({
          status: z.int(),
          version: z.int().nullable(),
          tookMs: z.int(),
          refusal: z.string().nullable(),
        })
        .nullable(),
    }),
  ]),
  remove: z.strictObject({
    name: z.string(),
    /** The preview that was meant; null for the deployment as a whole. */
    preview: z.string().nullable(),
    /** Versions that were ended; none when the preview was over before. */
    versions: z.array(z.int()),
    isDone: z.boolean(),
  }),
  demo: z.strictObject({
    site: project,
    apiStatus: z.int(),
    object: z.string(),
    files: z.int(),
    sizeBytes: z.int(),
    replicas: z.int(),
    zones: z.int(),
    shares: z.array(z.string()),
    restored: z.string(),
    rolesAgreeing: z.int(),
    stateRoot: z.string(),
    home: z.string(),
    isOwnHome: z.boolean(),
    folder: z.string(),
    ingressUrl: z.string(),
    chainRpcUrl: z.string(),
    roles: z.int(),
    readyAfterMs: z.number(),
    tookMs: z.number(),
    isRunning: z.boolean(),
  }),
} as const;
