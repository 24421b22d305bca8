/** The bound of everything that crosses a trust boundary. What exceeds its bound is refused before it is read on. */
export const limits = {
  /** One DA blob: a Celestia transaction holds 8 MiB; share padding and the transaction need room. */
  blobBytes: 4 * 1024 * 1024,
  eventsPerBlob: 4096,
  eventBytes: 1024 * 1024,
  /** What must reach the log before a publish request goes to the nodes with it. */
  eventsBeforeRequest: 8,
  genesisBytes: 1024 * 1024,
  manifestBytes: 16 * 1024 * 1024,
  listingBytes: 256 * 1024 * 1024,
  listingEntries: 1_000_000,
  extentsPerObject: 100_000,
  chunksPerObject: 20_000,
  objectBytes: 16 * 1024 ** 4,
  pathBytes: 4096,
  nameBytes: 255,
  deploymentNameBytes: 63,
  endpointBytes: 256,
  reasonBytes: 512,
  zoneBytes: 32,
  validators: 200,
  coordinators: 64,
  nodes: 100_000,
  replicasPerEvent: 2000,
  sessionsPerOwner: 1000,
  chainBatchBytes: 512 * 1024,
  packageFiles: 20_000,
  packageBytes: 512 * 1024 * 1024,
  siteHeaderRules: 100,
  siteHeadersPerRule: 32,
  siteRedirects: 2000,
  /** Those with a placeholder or `*`: each is tried in turn. */
  sitePatternRedirects: 100,
  sitePlaceholders: 8,
  siteRuleBytes: 2000,
  logLineBytes: 8 * 1024,
  envVariables: 64,
  envNameBytes: 128,
  envValueBytes: 4096,
  /** Files of its package that a WASI program finds. */
  programFiles: 2000,
  programFilesBytes: 64 * 1024 * 1024,
  /** Arguments a program is started with, beside its own name. */
  programArgs: 128,
  /** UTF-8 bytes of all arguments together. */
  programArgsBytes: 16 * 1024,
  sealedNodes: 8,
  sealedBodyBytes: 64 * 1024,
  deploymentAliases: 16,
  aliasBytes: 32,
  /** Host names of its own that one deployment may have or wait for. */
  deploymentDomains: 16,
  /** DNS takes 253; the label of the record that proves it stands before it. */
  hostNameBytes: 247,
  /** So long validators look for the record of a host name that was added. */
  hostNameClaimMs: 7 * 24 * 3_600_000,
  cronBytes: 120,
  timeZoneBytes: 64,
  zoneOffsets: 64,
  schedulesPerOwner: 100,
  grantedHosts: 32,
  grantedObjects: 32,
  /** Names in the storage of one deployment. */
  dataNames: 64,
  /** Stored bytes below all names of one deployment. */
  dataBytes: 64 * 1024 * 1024,
  workloadMemoryBytes: 512 * 1024 * 1024,
  workloadTimeMs: 300_000,
  workloadInputBytes: 64 * 1024 * 1024,
  workloadOutputBytes: 64 * 1024 * 1024,
  leaseBytes: 8 * 1024,
  /** Share links of one owner that one ingress keeps, and what they take there. */
  linksPerOwner: 1000,
  linkBytesPerOwner: 64 * 1024 * 1024,
  /** Share links of all owners that one ingress remembers, ended ones included, and what the open ones take there. */
  linksPerIngress: 200_000,
  linkBytesPerIngress: 8 * 1024 ** 3,
  /** The longest a share link lasts. */
  linkLifeMs: 365 * 24 * 3_600_000,
  /** What a share link opens, sealed: a part of an object brings its own list of files. */
  linkContentBytes: 4 * 1024 * 1024,
  linkNoteBytes: 8 * 1024,
} as const;
