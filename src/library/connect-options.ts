/** Which network is meant and who speaks to it. */
export interface ConnectOptions {
  /**
   * The name of a network: `devnet` for that of this machine, or one that was added with `dsdn network add`, with the
   * token, certificates, session and sign-in (`dsdn login`) its user keeps for it. DSDN_NETWORK unless said.
   */
  readonly name?: string | undefined;
  /** An ingress, or several of the same network: the next is asked when one fails. DSDN_INGRESS_ENDPOINT unless said. */
  readonly url?: string | readonly string[] | undefined;
  /** Bearer token of an ingress that asks for one; of the file DSDN_TOKEN_FILE unless said, or what is kept for the network. */
  readonly token?: string | undefined;
  /** PEM certificates of the only authorities that count; those of the system unless given. */
  readonly ca?: string | undefined;
  /** Id of the only network to speak to, 64 hex digits: an ingress of any other is refused. */
  readonly network?: string | undefined;
  /**
   * Key of the account whose files and deployments these are: 32 random bytes, secret, with which everything of the
   * account is lost or found. The account `dsdn keys` keeps for this user unless given.
   */
  readonly accountKey?: Uint8Array | undefined;
  /**
   * The text `dsdn session grant` wrote, in place of an account: it names its network and ingresses, and may do what its
   * scopes say until it ends. DSDN_SESSION or the file DSDN_SESSION_FILE unless said, or what is kept for the network;
   * an `accountKey` stands above all of them.
   */
  readonly session?: string | undefined;
  /** The passphrase of the user's account, asked for when its key rests in a file under one. */
  readonly askPassphrase?: (() => Promise<string>) | undefined;
  /** Where sessions, caches and the user's account lie; DSDN_HOME, or `.dsdn` in the user's home, unless said. */
  readonly home?: string | undefined;
}
