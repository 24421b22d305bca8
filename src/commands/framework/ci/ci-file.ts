/** The hosts whose pipelines a file can be written for. */
export const ciHosts = ["github", "gitlab"] as const;
export type CiHost = (typeof ciHosts)[number];

/** What a pipeline file says about one project. */
export interface CiFacts {
  /** The deployment's name, whatever the pipeline's own folder is called. */
  readonly name: string;
  /** The project's folder below the repository's, with `/`; "." for the repository itself. */
  readonly project: string;
  /** The version of this program, which the pipeline installs. */
  readonly version: string;
}

/** How long a preview lasts when nobody ends it. */
export const PREVIEW_TTL = "30d";

/** The folder as an argument that no flag can be taken for. */
export function folderArgument({ project }: CiFacts): string {
  return project === "." ? "." : `./${project}`;
}
